"""Speed of ranking thousands of users: python -m benchmarks.engine_ranking FILE

Signatures are built from FILE (JSON lines) and varied until there are enough. One
process writes the index, and another one, whose memory is measured, reads it.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.engine_corpus import read
from prediction.engine.features import ngrams
from prediction.engine.features.idf import IdfWeighting, feature_sums
from prediction.engine.features.ngrams import N_FEATURES
from prediction.engine.models.linear import LinearModel
from prediction.engine.models.ranking import RankingIndex, rounded

CHECKED = 20
DIFFERENT = 300


class Varied:
    """As many models as asked for: `DIFFERENT` real ones with a tenth of the features
    moved and the weights shuffled, then the same again."""

    def __init__(self, models: list[LinearModel], count: int) -> None:
        self.count = count
        self.different = [
            varied(models[number % len(models)], number)
            for number in range(min(count, DIFFERENT))
        ]

    def __iter__(self) -> Iterator[LinearModel]:
        for number in range(self.count):
            yield self.different[number % len(self.different)]

    def scores(
        self, score: Callable[[LinearModel], NDArray[np.floating]]
    ) -> NDArray[np.floating]:
        """Scores of all models; each different one is computed once."""
        columns = np.stack([score(model) for model in self.different], axis=1)
        return columns[:, np.arange(self.count) % len(self.different)]


def varied(model: LinearModel, seed: int) -> LinearModel:
    chance = np.random.default_rng(seed)
    moved = chance.random(len(model.columns)) < 0.1
    fresh = chance.integers(0, N_FEATURES, len(model.columns))
    columns = np.unique(np.where(moved, fresh, model.columns))
    weights = chance.permutation(model.weights)[: len(columns)]
    return LinearModel(columns.astype(np.int32), weights, model.base_weight, model.bias)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--users", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--texts", type=int, default=200)
    options = parser.parse_args()
    for users in options.users:
        with tempfile.TemporaryDirectory() as name:
            alone(write, options.file, Path(name), users, options.texts)
            alone(measure, Path(name), users)


def alone(work: Callable[..., None], *arguments: object) -> None:
    """Runs it in a process that shares no memory with this one."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{work.__name__} failed")


def write(file: Path, folder: Path, users: int, count: int) -> None:
    from prediction.engine import AuthorshipClassifier

    tweets = {u: t[-250:] for u, t in read(file).items() if len(t) >= 250}
    texts = [text for theirs in tweets.values() for text in theirs[:200]]
    labels = np.repeat(np.arange(len(tweets)), 200).tolist()
    group = AuthorshipClassifier().fit(texts, labels).group_
    models = Varied([signature.model for signature in group.signatures], users)
    asked = [theirs[-1 - n] for n in range(50) for theirs in tweets.values()][:count]
    started = time.perf_counter()
    RankingIndex.write(folder / "index", models)
    print(f"{users} users: index written in {time.perf_counter() - started:.1f} s")
    (folder / "idf").write_bytes(group.idf.to_bytes())
    np.save(folder / "asked.npy", np.array(asked))
    features = group.idf.transform(ngrams.transform(asked[:CHECKED]))
    np.save(
        folder / "exact.npy",
        models.scores(lambda model: model.decision_function(features)),
    )
    plain = models.scores(lambda model: product(model, features))
    np.save(folder / "plain.npy", plain)


def product(model: LinearModel, features: sparse.csr_matrix) -> NDArray[np.float64]:
    """Scores by the 8-bit weights, in double precision."""
    weights, step = rounded(model)
    dense = np.zeros(N_FEATURES)
    dense[model.columns] = weights * step
    return features @ dense + model.base_weight * feature_sums(features) + model.bias


def best(scores: NDArray[np.floating], count: int) -> list[int]:
    """Columns of the highest scores, highest first; equal ones in order."""
    return np.argsort(-scores, kind="stable")[:count].tolist()


def measure(folder: Path, users: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    idf = IdfWeighting.from_bytes((folder / "idf").read_bytes())
    asked = np.load(folder / "asked.npy").tolist()
    index = RankingIndex.open(folder / "index")
    rank(index, idf, asked)
    times = rank(index, idf, asked)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = index.decision_function(idf.transform(ngrams.transform(asked[:CHECKED])))
    plain, exact = (np.load(folder / name) for name in ("plain.npy", "exact.npy"))
    size = (folder / "index").stat().st_size
    pairs = list(zip(found, plain, strict=True))
    same = sum(best(f, 10) == best(p, 10) for f, p in pairs)
    # The same model may come several times: the first of them counts.
    first = (found.argmax(axis=1) == exact.argmax(axis=1)).sum()
    print(
        f"{users} users: file of {size >> 20} MiB; a text "
        f"takes {np.median(times):.1f} ms (median), {np.quantile(times, 0.95):.1f} ms "
        f"(95%); peak memory of the reader {memory} MiB, {before} MiB before; of "
        f"{CHECKED} texts {same} have the same first ten by the plain product, and "
        f"{first} the same first by 16-bit weights",
        flush=True,
    )


def rank(index: RankingIndex, idf: IdfWeighting, texts: list[str]) -> list[float]:
    """Milliseconds for each text."""
    times = []
    for text in texts:
        started = time.perf_counter()
        best(index.decision_function(idf.transform(ngrams.transform([text])))[0], 10)
        times.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    main()
