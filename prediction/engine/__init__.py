"""Who would have tweeted this? Authorship attribution of short texts.

>>> from prediction.engine import AuthorshipClassifier
>>> ann = [f"Wind SW {n}, lamp lit, the gull is back." for n in range(12)]
>>> bob = [f"we lost {n}-0 lads!!! absolute shambles" for n in range(12)]
>>> classifier = AuthorshipClassifier().fit(ann + bob, ["ann"] * 12 + ["bob"] * 12)
>>> classifier.predict(["Lamp lit at dusk, wind NW.", "what a shambles lads!!!"])
array(['ann', 'bob'], dtype='<U3')

Usable without Django. Read it in this order:

1. `features.ngrams`: a text becomes hashed n-grams in five blocks; `features.streams`,
   `features.masking` and `features.hashing` are its parts.
2. `features.idf`: rare features count more.
3. `models.background`: a sample of everybody's tweets, the negatives of every model.
4. `models.signature`: one sparse linear model per user, from `models.svm` and
   `models.naive_bayes`; `calibration.holdout`: which tweets it is measured on.
5. `models.group`: scores become an answer; `models.large_group` and `models.ranking`
   do the same for thousands of users.
6. `calibration.temperature`, `calibration.none_of_these`: scores become probabilities.
7. `insight.explanation`: which characters speak for whom; `insight.reasons`: why;
   `insight.change`: without which words the answer would be another.
8. `models.classifier`: all of it as a scikit-learn classifier.
9. `evaluation.evaluation`: how accurate it is, beside `evaluation.baselines`.
10. `storage`, `export`: how models are stored.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prediction.engine.evaluation.evaluation import evaluate
    from prediction.engine.features.vectorizer import StyleVectorizer
    from prediction.engine.models.classifier import AuthorshipClassifier, load

__all__ = ["AuthorshipClassifier", "StyleVectorizer", "evaluate", "load"]

_MODULES = {
    "AuthorshipClassifier": "models.classifier",
    "StyleVectorizer": "features.vectorizer",
    "evaluate": "evaluation.evaluation",
    "load": "models.classifier",
}


def __getattr__(name: str) -> Any:
    """Import on first use: scikit-learn takes a second, which predicting must not."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
