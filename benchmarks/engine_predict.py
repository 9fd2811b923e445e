"""Speed of a prediction: python -m benchmarks.engine_predict FILE

Signatures of 200 tweets are built from FILE (JSON lines), then tweets are predicted
among four users and among all: with signatures in memory, with signatures read from
stored bytes each time, and in one batch of 1,000.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.engine_corpus import read
from prediction.engine import AuthorshipClassifier
from prediction.engine.features import ngrams
from prediction.engine.models.group import Group
from prediction.engine.models.signature import Signature

ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    tweets = [t[-250:] for t in read(options.file).values() if len(t) >= 250]
    texts = [text for theirs in tweets for text in theirs[:200]]
    labels = np.repeat(np.arange(len(tweets)), 200).tolist()
    everybody = AuthorshipClassifier().fit(texts, labels).group_
    asked = [theirs[-1 - n] for n in range(50) for theirs in tweets][:200]
    show("features of one text", asked, lambda text: ngrams.transform([text]))
    for members in (4, len(tweets)):
        group = first(everybody, members)
        report(f"calibration of {members}", [timed(lambda g=group: g.calibration)])
        show(f"one of {members}", asked, lambda text, g=group: g.predict([text]))
        show(
            f"one of {members}, explained",
            asked,
            lambda text, g=group: g.predict([text], explain=True),
        )
        batch = (asked * 5)[:1000]
        seconds = [timed(lambda g=group, b=batch: g.predict(b)) for _ in range(ROUNDS)]
        report(f"one of {members}, per text of 1,000", [min(seconds) / len(batch)])
    stored = [stored_parts(signature) for signature in everybody.signatures[:4]]

    def from_bytes(text: str) -> None:
        signatures = [Signature.from_bytes(*parts) for parts in stored]
        Group(signatures, everybody.idf).predict([text])

    show("one of 4, signatures and calibration from bytes", asked[:50], from_bytes)


def first(group: Group, members: int) -> Group:
    return Group(group.signatures[:members], group.idf)


def stored_parts(signature: Signature) -> tuple[bytes, bytes]:
    assert signature.holdout is not None
    return signature.to_bytes(), signature.holdout.to_bytes()


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def show(what: str, texts: Sequence[str], work: Callable[[str], object]) -> None:
    work(texts[0])
    report(what, [timed(lambda t=text: work(t)) for text in texts])


def report(what: str, seconds: Sequence[float]) -> None:
    middle, slow = np.quantile(seconds, [0.5, 0.95]) * 1000
    print(f"{what}: {middle:.3f} ms (median), {slow:.3f} ms (95%)")


if __name__ == "__main__":
    main()
