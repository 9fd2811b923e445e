"""Figures of the model card: python -m benchmarks.model_card CORPUS DESCRIPTION

Evaluates on half b of a corpus's users (see `benchmarks.engine_accuracy`), whom no
constant was chosen on, and writes the figures into the front matter of
docs/model-card.md, in the layout of Hugging Face's model index. Figures of the same
description are replaced, all others stay. The corpus is named by its description only.
"""

import argparse
from pathlib import Path
from typing import Any

import yaml

from benchmarks.engine_accuracy import half_of
from benchmarks.engine_corpus import read
from common.texts import MIN_TWEETS
from prediction.engine import evaluate
from prediction.engine.evaluation.engines import PEERS

CARD = Path(__file__).parents[1] / "docs/model-card.md"
ENGINE = "signature"
# Type, key in an evaluation, name to show.
METRICS = (
    ("accuracy", "accuracy", "Accuracy"),
    ("f1", "macro_f1", "Macro F1"),
    ("log_loss", "log_loss", "Log loss"),
    ("brier_score", "brier", "Brier score, summed over users"),
    ("expected_calibration_error", "ece", "Expected calibration error"),
    ("c_at_1", "c_at_1", "c@1, none of these as no answer"),
    ("cllr", "cllr", "Cllr of each tweet against each user, bits"),
    ("eer", "eer", "Equal error rate of each tweet against each user"),
    ("roc_auc", "none_auroc", "AUROC of none of these, groups of five, one tweet"),
    ("roc_auc", "none_auroc_3", "AUROC of none of these, groups of five, three tweets"),
)
HEAD = {
    "license": "mit",
    "pipeline_tag": "text-classification",
    "tags": ["authorship-attribution", "stylometry"],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("description", help='such as "diverse people, 2016"')
    parser.add_argument("--half", choices=["a", "b", "all"], default="b")
    parser.add_argument("--train", type=int, default=200)
    parser.add_argument("--test", type=int, default=50)
    parser.add_argument("--least", type=int, default=MIN_TWEETS)
    parser.add_argument("--split", choices=["time", "random"], default="time")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tweets = {
        user: theirs
        for user, theirs in read(options.corpus).items()
        if options.half in ("all", half_of(user))
        and len(theirs) >= options.least + options.test
    }
    result = evaluate(
        tweets,
        train=options.train,
        test=options.test,
        split_by=options.split,
        seed=options.seed,
        engines=(ENGINE, *PEERS),
        progress=print,
    )
    page = CARD.read_text(encoding="utf-8")
    added = entry(result, options.description, options.half)
    CARD.write_text(with_entry(page, added), encoding="utf-8")


def entry(result: dict[str, Any], description: str, half: str) -> dict[str, Any]:
    """Return one result of a model index."""
    engines = result["engines"]
    peer = max(PEERS, key=lambda name: engines[name]["accuracy"])
    interval = engines[ENGINE]["accuracy_interval"]
    metrics = [
        {"type": kind, "name": name, "value": rounded(engines[ENGINE][key])}
        for kind, key, name in METRICS
        if engines[ENGINE][key] is not None
    ]
    bounds = [rounded(interval[side]) for side in ("low", "high")]
    metrics[0]["args"] = {"interval_95": bounds, "chance": rounded(result["chance"])}
    metrics.append(
        {
            "type": "accuracy",
            "name": f"Accuracy of the better baseline, {peer}",
            "value": rounded(engines[peer]["accuracy"]),
        }
    )
    return {
        "task": {"type": "text-classification", "name": "Authorship attribution"},
        "dataset": {
            "type": "private",
            "name": description,
            "args": {
                "users": len(result["users"]),
                "half": half,
                "train": result["train"],
                "train_median": result["train_median"],
                "test": result["test"],
                "split": result["split"],
                "seed": result["seed"],
            },
        },
        "metrics": metrics,
    }


def rounded(value: float) -> float:
    return round(value, 4)


def with_entry(page: str, added: dict[str, Any]) -> str:
    """Return the page with this result in its front matter, after all others."""
    head, body = parted(page)
    results = [
        result
        for model in head.get("model-index", [])
        for result in model["results"]
        if result["dataset"]["name"] != added["dataset"]["name"]
    ]
    models = [{"name": "HypoTweet signatures", "results": [*results, added]}]
    shown = yaml.safe_dump({**HEAD, "model-index": models}, sort_keys=False, width=88)
    return f"---\n{shown}---\n\n{body.lstrip()}"


def parted(page: str) -> tuple[dict[str, Any], str]:
    """Return the front matter and what comes after it."""
    if not page.startswith("---\n"):
        return {}, page
    _, head, body = page.split("---\n", 2)
    return yaml.safe_load(head), body


if __name__ == "__main__":
    main()
