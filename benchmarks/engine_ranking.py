"""How fast thousands of users are ranked: python -m benchmarks.engine_ranking FILE

Real signatures are built from FILE (JSON lines) and varied until there are enough.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.engine_corpus import read
from prediction.engine.features import N_FEATURES, featurise
from prediction.engine.linear_model import LinearModel
from prediction.engine.ranking import RankingIndex, best
from prediction.engine.signature_classifier import SignatureClassifier


class Varied:
    """So many models, each a real one with a tenth of its features moved."""

    def __init__(self, models: list[LinearModel], count: int) -> None:
        self.models, self.count = models, count

    def __iter__(self) -> Iterator[LinearModel]:
        for number in range(self.count):
            chance = np.random.default_rng(number)
            model = self.models[number % len(self.models)]
            moved = chance.random(len(model.columns)) < 0.1
            fresh = chance.integers(0, N_FEATURES, len(model.columns))
            columns = np.unique(np.where(moved, fresh, model.columns))
            weights = chance.permutation(model.weights)[: len(columns)]
            yield LinearModel(columns.astype(np.int32), weights, model.mass, model.bias)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--users", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--texts", type=int, default=50)
    options = parser.parse_args()
    tweets = {u: t[-250:] for u, t in read(options.file).items() if len(t) >= 250}
    texts = [text for theirs in tweets.values() for text in theirs[:200]]
    labels = np.repeat(np.arange(len(tweets)), 200).tolist()
    group = SignatureClassifier().fit(texts, labels).group
    models = [signature.model for signature in group.signatures]
    asked = [theirs[-1 - n] for n in range(50) for theirs in tweets.values()]
    asked = asked[: options.texts]
    del texts
    for users in options.users:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ranking"
            started = time.perf_counter()
            RankingIndex.write(path, Varied(models, users))
            written = time.perf_counter() - started
            index = RankingIndex.open(path)
            measure(index, group.weighting, asked)
            times = measure(index, group.weighting, asked)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{users} users: written in {written:.1f} s, "
                f"{path.stat().st_size / 2**20:.0f} MiB; a text takes "
                f"{np.median(times):.1f} ms (median), "
                f"{np.quantile(times, 0.95):.1f} ms (95%); "
                f"peak memory {memory:.0f} MiB; same ranking as the product: "
                f"{same_ranking(index, group.weighting, asked[:5], models, users)}"
            )


def measure(index: RankingIndex, weighting, texts: list[str]) -> list[float]:
    times = []
    for text in texts:
        started = time.perf_counter()
        best(index.scores(weighting.weigh(featurise([text])))[0], 10)
        times.append((time.perf_counter() - started) * 1000)
    return times


def same_ranking(index, weighting, texts, models, users) -> bool:
    features = weighting.weigh(featurise(texts))
    plain = np.stack([m.score(features) for m in Varied(models, users)], axis=1)
    found = index.scores(features)
    return all(best(p, 10) == best(f, 10) for p, f in zip(plain, found, strict=True))


if __name__ == "__main__":
    main()
