"""An evaluation as one self-contained HTML page."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from prediction.engine.evaluation.charts import (
    bar_chart,
    confusion_chart,
    line_chart,
    reliability_chart,
)
from prediction.engine.evaluation.curves import Level
from prediction.engine.evaluation.slices import MIN_SLICE_TWEETS, MIN_SLICE_USERS
from prediction.engine.evaluation.statistics import Interval

_COLUMNS = (
    ("accuracy", "Accuracy", "{:.1%}"),
    ("macro_f1", "Macro F1", "{:.3f}"),
    ("log_loss", "Log loss", "{:.3f}"),
    ("brier", "Brier", "{:.3f}"),
    ("ece", "ECE", "{:.3f}"),
    ("coverage_at_90", "Coverage at 90% precision", "{:.1%}"),
    ("c_at_1", "c@1", "{:.3f}"),
    ("cllr", "Cllr", "{:.3f}"),
    ("min_cllr", "Cllr, best calibration", "{:.3f}"),
    ("eer", "EER", "{:.1%}"),
    ("none_auroc", "None of these, AUROC", "{:.3f}"),
    ("none_auroc_3", "None of these, AUROC, three tweets", "{:.3f}"),
    ("seconds_to_fit", "Seconds to fit", "{:.2f}"),
    ("ms_per_prediction", "Milliseconds per prediction", "{:.2f}"),
)
_SLICES = {
    "length": "Accuracy by length of the text",
    "links": "Accuracy with and without links",
    "script": "Accuracy by script",
    "age": "Accuracy by age: how many tweets after training",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;"
    "padding:0 1rem;color:#1e293b}table{border-collapse:collapse;display:block;"
    "overflow-x:auto}td,th:first-child{white-space:nowrap}"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid #cbd5e1;text-align:right}"
    "th:first-child{text-align:left}figure{display:inline-block;margin:1rem 0}"
)


def report(
    result: Mapping[str, Any],
    by_tweets: Mapping[str, Mapping[int, Interval]],
    by_level: Mapping[str, Mapping[int, Level]],
) -> str:
    """Return the page for the result of `evaluate`.

    Parameters
    ----------
    by_tweets, by_level
        What `curves.accuracy_by_tweets` and `curves.mixed_levels` returned, by engine.
    """
    sections = [
        f"<h1>Who would have tweeted this? {len(result['users'])} users</h1>",
        f"<p>{escape(_how(result))}</p>",
        _engines(result),
        "<h2>Differences in accuracy</h2>",
        _comparisons(result["comparisons"]),
    ]
    for name, found in result["engines"].items():
        sections += [
            f"<h2>{escape(name)}</h2>",
            _figure(reliability_chart(found["reliability"]), "Calibration"),
            _figure(confusion_chart(result["users"], found["confusion"]), "Confusion"),
            _by_group_size(found["by_group_size"]),
            *_slices(found["slices"]),
        ]
    if by_tweets:
        sections.append("<h2>Accuracy by training tweets per user</h2>")
    for name, points in by_tweets.items():
        title = f"{name}: accuracy by training tweets per user"
        sections.append(_curve(points, title, "training tweets per user"))
    for name, levels in by_level.items():
        sections += [f"<h2>{escape(name)}: one mixed group</h2>", _levels(levels)]
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
    train = "20 to 3,200" if result["train"] is None else result["train"]
    return (
        f"{train} training and {result['test']} test tweets per user; "
        f"{sides}. Chance is {result['chance']:.1%}. "
        f"Users left out for too few tweets: {len(result['skipped'])}. Intervals are "
        "95%, by bootstrap over users. A slice with fewer than "
        f"{MIN_SLICE_TWEETS} tweets or {MIN_SLICE_USERS} users is too small to say. "
        "Cllr and EER judge each tweet against each user; scores of engines that state "
        "no log-likelihood ratios are calibrated on half of the users first. "
        "Slices go by script and not by language, which is not detected."
    )


def _engines(result: Mapping[str, Any]) -> str:
    first, *rest = (title for _, title, _ in _COLUMNS)
    rows = []
    for name, found in result["engines"].items():
        accuracy, *others = _cells(found)
        between = _range(found["accuracy_interval"], "{:.1%}")
        rows.append([name, accuracy, between, *others])
    return _table(["Engine", first, "95% interval", *rest], rows)


def _cells(found: Mapping[str, Any]) -> list[str]:
    values = [(found[key], shown) for key, _, shown in _COLUMNS]
    return ["-" if value is None else shown.format(value) for value, shown in values]


def _comparisons(pairs: Sequence[Mapping[str, Any]]) -> str:
    return _table(
        ["First less second", "Difference", "95% interval", "McNemar's p", ""],
        [
            [
                f"{pair['first']} less {pair['second']}",
                f"{pair['difference']['value']:+.1%}",
                _range(pair["difference"], "{:+.1%}"),
                f"{pair['mcnemar']['p_value']:.2g}",
                "noise: under twice its error" if pair["is_noise"] else "",
            ]
            for pair in pairs
        ],
    )


def _levels(levels: Mapping[int, Level]) -> str:
    return _table(
        ["Training tweets", "Users", "Accuracy", "Named per tweet written"],
        [
            [
                f"up to {count}",
                str(level.users),
                _accuracy(level),
                f"{level.first_places:.2f}",
            ]
            for count, level in levels.items()
        ],
    )


def _accuracy(level: Level) -> str:
    if level.users < MIN_SLICE_USERS:
        return "too few to say"
    interval = level.accuracy
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def _range(interval: Mapping[str, float], shown: str) -> str:
    return f"{shown.format(interval['low'])} to {shown.format(interval['high'])}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(
        f"<tr><th>{escape(first)}</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table><tr>{titles}</tr>{lines}</table>"


def _figure(chart: str, caption: str) -> str:
    return f"<figure>{chart}<figcaption>{escape(caption)}</figcaption></figure>"


def _by_group_size(found: Mapping[str, Mapping[str, Any]]) -> str:
    points = {int(size): Interval(**each["accuracy"]) for size, each in found.items()}
    return _curve(points, "Accuracy by group size", "users in the group")


def _slices(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    return [
        _figure(bar_chart(rows, _SLICES[name]), _SLICES[name])
        for name, rows in found.items()
    ]


def _curve(points: Mapping[int, Interval], title: str, across: str) -> str:
    return _figure(line_chart(points, title, across), title) if points else ""
