"""An evaluation as one self-contained HTML page."""

from collections.abc import Mapping
from html import escape
from typing import Any

from prediction.engine.evaluation.charts import (
    confusion_chart,
    line_chart,
    reliability_chart,
)

_COLUMNS = (
    ("accuracy", "Accuracy", "{:.1%}"),
    ("macro_f1", "Macro F1", "{:.3f}"),
    ("log_loss", "Log loss", "{:.3f}"),
    ("ece", "ECE", "{:.3f}"),
    ("coverage_at_90", "Coverage at 90% precision", "{:.1%}"),
    ("none_auroc", "None of these, AUROC", "{:.3f}"),
    ("seconds_to_fit", "Seconds to fit", "{:.2f}"),
    ("ms_per_prediction", "Milliseconds per prediction", "{:.2f}"),
)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#1e293b}table{border-collapse:collapse}"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid #cbd5e1;text-align:right}"
    "th:first-child{text-align:left}figure{display:inline-block;margin:1rem 0}"
)


def report(
    result: Mapping[str, Any],
    by_group_size: Mapping[int, float],
    by_tweets: Mapping[int, float],
) -> str:
    """Return the page for the results of `evaluate` and of the two accuracy curves."""
    sections = [
        f"<h1>Who would have tweeted this? {len(result['users'])} users</h1>",
        f"<p>{escape(_how(result))}</p>",
        _table(result),
    ]
    for name, found in result["engines"].items():
        sections += [
            f"<h2>{escape(name)}</h2>",
            _figure(reliability_chart(found["reliability"]), "Calibration"),
            _figure(
                confusion_chart(result["users"], found["confusion"]),
                "Confusion",
            ),
        ]
    sections += [
        _curve(by_group_size, "Accuracy by group size", "users in the group"),
        _curve(by_tweets, "Accuracy by tweets per user", "training tweets per user"),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>HypoTweet evaluation</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(sections)}</body></html>\n"
    )


def _how(result: Mapping[str, Any]) -> str:
    sides = (
        "the newest tweets are the test, those before them the training"
        if result["split"] == "time"
        else "training and test are drawn at random"
    )
    skipped = len(result["skipped"])
    return (
        f"{result['train']} training and {result['test']} test tweets per user; "
        f"{sides}. Chance is {result['chance']:.1%}. "
        f"Users left out for too few tweets: {skipped}."
    )


def _table(result: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for _, title, _ in _COLUMNS)
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{_cells(found)}</tr>"
        for name, found in result["engines"].items()
    )
    return f"<table><tr><th>Engine</th>{head}</tr>{rows}</table>"


def _cells(found: Mapping[str, Any]) -> str:
    values = [(found[key], shown) for key, _, shown in _COLUMNS]
    return "".join(
        f"<td>{'-' if value is None else shown.format(value)}</td>"
        for value, shown in values
    )


def _figure(chart: str, caption: str) -> str:
    return f"<figure>{chart}<figcaption>{escape(caption)}</figcaption></figure>"


def _curve(points: Mapping[int, float], title: str, across: str) -> str:
    if not points:
        return ""
    return f"<h2>{escape(title)}</h2>" + _figure(
        line_chart(points, title, across), title
    )
