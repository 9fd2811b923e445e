"""Time to fit signatures: python -m benchmarks.engine_build FILE

FILE holds tweets as JSON lines. Signatures of 200 and of 3,200 tweets are fitted
against a background of about 10,000 tweets of its users. Users with fewer tweets get
some of others', which does not change the time.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.engine_corpus import read
from prediction.engine.calibration.holdout import background_rows
from prediction.engine.features import ngrams
from prediction.engine.models.background import Background
from prediction.engine.models.signature import fit_signature, newest_profiles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--background", type=int, default=10_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 3_200])
    options = parser.parse_args()
    tweets = list(read(options.file).values())
    started = time.perf_counter()
    background = sample(tweets, options.background // len(tweets))
    seconds = time.perf_counter() - started
    print(f"background of {len(background.owners)} tweets: {seconds:.2f} s")
    everything = [text for theirs in tweets for text in theirs]
    for size in options.sizes:
        times = [
            build((theirs[-size:] + everything)[:size], background, owner)
            for owner, theirs in enumerate(tweets[:8])
        ]
        print(
            f"signature of {size} tweets: median {np.median(times):.2f} s, "
            f"slowest {max(times):.2f} s, features included"
        )


def sample(tweets: list[list[str]], quota: int) -> Background:
    texts, owners, newest = [], [], []
    for owner, theirs in enumerate(tweets):
        rows, flags = background_rows(len(theirs), quota)
        texts += [theirs[row] for row in rows]
        owners += [owner] * len(rows)
        newest += flags
    return Background.fit(texts, owners, newest)


def build(texts: list[str], background: Background, owner: int) -> float:
    started = time.perf_counter()
    fit_signature(ngrams.transform(texts), background, owner, newest_profiles(texts))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
