"""What the prediction API takes and returns; the texts are shown on its page."""

from typing import Literal

from ninja import Field, Schema


class PredictionIn(Schema):
    model_config = {
        "json_schema_extra": {
            "examples": [
                {"text": "The gull is back.", "users": "all", "top": 3},
            ]
        }
    }

    text: str | list[str] = Field(description="One text, or up to 500.")
    users: Literal["all"] | list[str] = Field(
        description="Two handles or more, or all."
    )
    engine: Literal["signature", "vectors"] = Field(
        "signature",
        description="`vectors` needs a spaCy pipeline with vectors.",
    )
    style_only: bool = Field(
        False, description="Ignore links, mentions, hashtags and numbers."
    )
    why: bool = Field(
        False,
        description="Also count the passages of `evidence` in stored tweets, and find "
        "what would change the answer. Costs as much as ten predictions.",
    )
    top: int | None = Field(
        None,
        ge=1,
        description="How many candidates to return. Of `all`, ten unless it is given; "
        "of others, every one.",
    )
    save: bool = Field(False, description="Save the answer; it gets an address.")


class NoneOfTheseOut(Schema):
    """Whether somebody outside the group wrote the text."""

    flag: bool = Field(description="True if that is likely enough to say so.")
    probability: float
    reason: Literal["script", "language", "topic", "style", ""] = Field(
        description="What nobody of the group writes like; empty without the flag."
    )


class CandidateOut(Schema):
    handle: str
    probability: float = Field(
        description="If one of the group wrote it; sums to 1 over the group."
    )
    score: float = Field(description="Log-odds against everybody, before calibration.")


class HeldOutOut(Schema):
    """Accuracy for exactly this group, on tweets that no scoring model saw."""

    accuracy: float = Field(description="Share attributed to the right author.")
    chance: float = Field(description="Share that guessing would get right.")
    tweets: int = Field(description="How many tweets were scored.")


class ReasonOut(Schema):
    """What a passage has that its user's tweets have more often than the others'."""

    what: str = Field(description="Words of the passage, or a habit of writing.")
    habit: bool
    share: float = Field(description="Of the newest tweets of the user `toward`.")
    share_of_others: float = Field(
        description="Of the likeliest others' tweets, or of the likeliest user's where "
        "the passage speaks against that user."
    )


class ExampleOut(Schema):
    """A stored tweet with it: of the user `toward`, or of their closest rival."""

    handle: str
    text: str
    posted_at: str | None = Field(
        description="In UTC.", json_schema_extra={"format": "date-time"}
    )
    url: str = Field(description="The original on X, or its author's page here.")


class EvidenceOut(Schema):
    """A span of the text that moved the answer."""

    start: int = Field(description="Where it begins, in code points.")
    end: int = Field(description="Where it ends, in code points.")
    text: str
    weight: float = Field(
        description="How much it adds for the likeliest and not the others, in "
        "log-odds."
    )
    toward: str = Field(
        description="The handle that it speaks for: the likeliest, or, where the "
        "weight is negative, whoever of the others gains most by it."
    )
    strength: int = Field(description="From 1, weak, to 4, very strong.")
    why: list[ReasonOut] | None = Field(
        None, description="Null if not asked; empty where nothing in it can be counted."
    )
    tweets: list[ExampleOut] | None = Field(
        None, description="Real tweets with it; null if not asked."
    )


class ChangeOut(Schema):
    """The fewest words in a row without which somebody else would be likeliest."""

    start: int = Field(description="Where they begin, in code points.")
    end: int = Field(description="Where they end, in code points.")
    text: str
    predicted: str = Field(description="Who would be likeliest without them.")
    smallest: bool = Field(
        description="False for long texts, of which not all spans are tried."
    )


class VerbatimOut(Schema):
    """A stored tweet that is the text, apart from links, mentions, numbers and case."""

    handle: str = Field(description="Who wrote it; the first, if several did.")
    posted_at: str | None = Field(
        description="In UTC.", json_schema_extra={"format": "date-time"}
    )
    url: str = Field(description="The original on X, or its author's page here.")


class OthersOut(Schema):
    count: int
    probability: float = Field(description="Together, if one of the group wrote it.")


class PredictionOut(Schema):
    text: str
    engine: str
    predicted: str = Field(
        description="The likeliest handle; the author's, if `verbatim` is in the group."
    )
    verbatim: VerbatimOut | None = Field(
        None, description="Somebody really wrote this: recognised, not predicted."
    )
    none_of_these: NoneOfTheseOut
    candidates: list[CandidateOut] = Field(
        description="The likeliest first; before them, whoever really wrote it."
    )
    others: OthersOut | None = Field(
        None,
        description="The rest of a group of more than 100 in a saved answer, which "
        "keeps the 20 likeliest and whoever else it names.",
    )
    held_out: HeldOutOut
    evidence: list[EvidenceOut]
    change: ChangeOut | None = Field(
        None, description="Null if `why` was not asked, or nothing would change it."
    )
    notices: list[str] = Field(description="What to know before trusting the answer.")
    slug: str | None = Field(None, description="Identifies the saved answer.")
    url: str | None = Field(None, description="Page of the saved answer.")


class PredictionList(Schema):
    items: list[PredictionOut]
    count: int
