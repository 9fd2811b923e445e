"""Each habit is found where people would see it, and nowhere else."""

import pytest

from prediction.engine.insight.habits import HABITS

SPOTTERS = {habit.says: habit.spot for habit in HABITS}
EXAMPLES = {
    "ends with one exclamation mark": ("Yes!", "Yes!!"),
    "ends with two exclamation marks": ("Yes!!", "Yes!!!"),
    "ends with three or more exclamation marks": ("Yes!!!!", "Yes!!"),
    "ends with a question mark": ("Really?", "Really? No."),
    "ends with a full stop": ("It is.", "It is..."),
    "trails off with dots": ("Well..", "Well."),
    "ends without punctuation": ("all is well", "all is well."),
    "ends with a hashtag": ("we won #coyb", "#coyb we won"),
    "ends with an emoji": ("well done \U0001f389", "\U0001f389 well done"),
    "ends with a link": ("read https://a.example/b", "https://a.example/b is good"),
    "never capitalises": ("all small https://A.example", "One capital"),
    "starts with a lower-case letter": ("iPhone again", "A small one"),
    "starts with a hashtag": ("#coyb we won", "we won #coyb"),
    "starts with a link": ("https://a.example is good", "see https://a.example"),
    "starts with an emoji": ("\U0001f389 well done", "well done \U0001f389"),
    "starts with a quotation mark": ("“So it goes”", "So “it” goes"),
    "shouts a word in capitals": ("what a GOAL", "the BBC"),
    "shouts throughout": ("WHAT A GOAL https://a.example", "WHAT a goal"),
    "uses hashtags": ("we #won", "# 1"),
    "uses three hashtags or more": ("#a b #c #d", "#a #b"),
    "mentions others": ("thanks @ann", "at @ noon"),
    "uses emoji": ("so \U0001f389 good", "so good"),
    "types smileys such as :-)": ("fine ;-)", "at 10:30"),
    "shares links": ("see https://a.example", "see a.example"),
    "uses quotation marks": ('he said "no"', "he said no"),
    "uses brackets": ("yes (no)", "yes ()"),
    "uses dashes": ("yes — no", "yes-no"),
    "uses semicolons": ("yes; no", "fine ;)"),
    "uses colons": ("so: yes", "at 10:30"),
    "writes “&” for “and”": ("salt & pepper", "salt and pepper"),
    "breaks lines": ("one\ntwo", "one two"),
    "writes in short lines": ("one\ntwo\nthree", "one\ntwo"),
    "puts two spaces between sentences": ("One.  Two.", "One. Two."),
    "uses numbers": ("in 3 days", "in three days"),
    "types out laughter": ("hahaha yes", "ha, yes"),
    "says “I”": ("so I think", "so i think"),
    "writes “i” in lower case": ("so i think", "so I think"),
    "says “we”": ("We won", "went"),
    "says “you”": ("do you see", "young"),
    "drops apostrophes": ("i dont know", "I don't know"),
    "stretches words": ("sooo good", "too good"),
    "stays under 50 characters": ("x" * 49, "x" * 50),
    "goes over 200 characters": ("x" * 201, "x" * 200),
}


def test_every_habit_has_an_example() -> None:
    assert set(EXAMPLES) == set(SPOTTERS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_habit_is_found_where_it_is(name: str) -> None:
    has, lacks = EXAMPLES[name]
    assert SPOTTERS[name](has)
    assert not SPOTTERS[name](lacks)
