"""The part of benchmarks.predict that runs inside an installation."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypotweet_site.settings")
django.setup()

import numpy as np
import spacy
from django.conf import settings

from benchmarks.simulation import COMMON, tweets_of
from prediction.engine.evaluation.baselines import linear_svm
from prediction.serving import loader, predictor
from prediction.training import eligible, signatures
from tweets.models import User
from tweets.sources.records import TweetRecord
from tweets.store.ingest import ingest

SIZES = (200, 3_200)
USERS = 12
GROUP = 4
TEXTS = [next(tweets_of(100 + number, 1)) for number in range(60)]


def main() -> None:
    settings.SPACY_PIPELINE = make_pipeline()
    print(json.dumps({size: measure(size) for size in SIZES} | {"batch": batch()}))


def measure(size: int) -> dict[str, float]:
    users = fill(size)
    group = users[:GROUP]
    signatures.build(users)
    warm = median(lambda text: predictor.predict(group, text), 50)
    predictor.predict(group, TEXTS[0], engine="vectors")
    return {
        "signature, in memory": warm,
        "signature, read each time": median(cold(group), 30),
        "signatures kept: MB": round(loader.SIGNATURES.currsize / 2**20, 1),
        "linear svm fitted on demand": median(fitted(group), 3),
        "vectors fitted on demand": median(
            lambda text: predictor.predict(group, text, engine="vectors"), 3
        ),
    }


def fill(size: int) -> list[User]:
    for number in range(USERS):
        handle = f"u{size}_{number}"
        records = (TweetRecord(text, handle) for text in tweets_of(number, size))
        ingest(records, User.Source.FILE)
    return list(User.objects.filter(handle__startswith=f"u{size}_").order_by("pk"))


def cold(group: list[User]) -> Callable[[str], object]:
    def ask(text: str) -> object:
        loader.clear_caches()
        return predictor.predict(group, text)

    return ask


def fitted(group: list[User]) -> Callable[[str], object]:
    def ask(text: str) -> object:
        texts = [eligible.eligible_texts(user.pk) for user in group]
        labels = [number for number, own in enumerate(texts) for _ in own]
        flat = [text for own in texts for text in own]
        return linear_svm().fit(flat, labels).predict_proba([text])

    return ask


def batch() -> dict[str, float]:
    group = list(User.objects.filter(handle__startswith="u200_")[:GROUP])
    composed = loader.compose(group).group
    texts = list(tweets_of(500, 1_000))
    single = median(lambda text: composed.predict([text]), 60)
    started = time.perf_counter()
    composed.predict(texts)
    together = (time.perf_counter() - started) * 1_000 / len(texts)
    return {"ms a text alone": single, "ms a text of 1,000": round(together, 3)}


def median(ask: Callable[[str], object], times: int) -> float:
    ask(TEXTS[0])
    seconds = []
    for number in range(times):
        started = time.perf_counter()
        ask(TEXTS[number % len(TEXTS)])
        seconds.append(time.perf_counter() - started)
    return round(statistics.median(seconds) * 1_000, 2)


def make_pipeline() -> str:
    """A spaCy pipeline with 300 random numbers for each common word."""
    language = spacy.blank("en")
    random = np.random.default_rng(1)
    for word in COMMON:
        language.vocab.set_vector(word, random.normal(size=300).astype("float32"))
    folder = Path(tempfile.mkdtemp(prefix="hypotweet-pipeline-")) / "simulated"
    language.to_disk(folder)
    return str(folder)


if __name__ == "__main__":
    main()
