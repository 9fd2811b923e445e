"""The model card's figures can be read by programs and name no person or file."""

import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.model_card import ENGINE, entry, parted, with_entry
from prediction.engine.evaluation.engines import PEERS
from prediction.engine.evaluation.evaluation import evaluate
from prediction.tests.engine.voices import VOICES

CARD = Path(__file__).parents[3] / "docs/model-card.md"


@lru_cache
def result() -> dict[str, Any]:
    return evaluate(VOICES, train=20, test=8, engines=(ENGINE, *PEERS))


def test_the_card_is_a_model_index_with_figures() -> None:
    head, body = parted(CARD.read_text(encoding="utf-8"))
    assert body.lstrip().startswith("# Model card")
    (model,) = head["model-index"]
    assert model["results"]
    for result in model["results"]:
        assert result["task"]["type"] == "text-classification"
        assert result["dataset"]["args"].keys() >= {"users", "half", "train", "split"}
        assert {"accuracy", "log_loss", "cllr", "eer"} <= {
            metric["type"] for metric in result["metrics"]
        }
        assert all(math.isfinite(metric["value"]) for metric in result["metrics"])


def test_corpora_are_named_by_their_description_only() -> None:
    head, _ = parted(CARD.read_text(encoding="utf-8"))
    for result in head["model-index"][0]["results"]:
        dataset = result["dataset"]
        assert set(dataset) == {"type", "name", "args"}
        assert not re.search(r"[/@\\]|\.jsonl|\.gz|\.csv", dataset["name"])


def test_figures_of_the_same_description_are_replaced() -> None:
    first, second = (
        entry({**result(), "seed": seed}, "three invented voices", "b")
        for seed in (1, 2)
    )
    other = entry(result(), "the same voices again", "a")
    page = "# Model card\n\nWhat it is.\n"
    for added in (first, other, second):
        page = with_entry(page, added)
    head, body = parted(page)
    assert head["model-index"][0]["results"] == [other, second]
    assert body == "\n# Model card\n\nWhat it is.\n"
    assert page.count("---\n") == 2


def test_an_entry_states_the_better_baseline_and_an_interval() -> None:
    metrics = entry(result(), "three invented voices", "b")["metrics"]
    best = max(result()["engines"][peer]["accuracy"] for peer in PEERS)
    assert metrics[0]["value"] == round(result()["engines"][ENGINE]["accuracy"], 4)
    low, high = metrics[0]["args"]["interval_95"]
    assert low <= metrics[0]["value"] <= high
    assert "better baseline" in metrics[-1]["name"]
    assert metrics[-1]["value"] == round(best, 4)
