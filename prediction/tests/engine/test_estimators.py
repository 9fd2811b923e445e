"""The engine's estimators behave as scikit-learn's own do, for texts.

For input of texts `parametrize_with_checks` runs few checks by itself; `CHECKS` are
the others that need no table of numbers. The rest cannot run, each for the reason in
`NOT_FOR_TEXTS`; what those promise of texts is tested below under the same name.
"""

import pickle
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from prediction.engine import AuthorshipClassifier, StyleVectorizer, load
from prediction.engine.errors import TooFewTweetsError
from prediction.engine.export import save_model
from prediction.engine.features import ngrams
from prediction.engine.features.ngrams import N_FEATURES
from prediction.tests.engine.voices import CRITIC, FAN, KEEPER, STRANGER

ESTIMATORS = [
    AuthorshipClassifier(),
    StyleVectorizer(),
    StyleVectorizer(style_only=True),
]
CHECKS = [
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]
NOT_FOR_TEXTS = {
    "fits a table of numbers": {
        "check_classifier_data_not_an_array",
        "check_classifiers_classes",
        "check_classifiers_one_label",
        "check_classifiers_regression_target",
        "check_classifiers_train",
        "check_decision_proba_consistency",
        "check_dict_unchanged",
        "check_dont_overwrite_parameters",
        "check_estimators_empty_data_messages",
        "check_estimators_fit_returns_self",
        "check_estimators_overwrite_params",
        "check_estimators_pickle",
        "check_estimators_unfitted",
        "check_fit_check_is_fitted",
        "check_fit_idempotent",
        "check_fit_score_takes_y",
        "check_methods_sample_order_invariance",
        "check_methods_subset_invariance",
        "check_pipeline_consistency",
        "check_requires_y_none",
        "check_supervised_y_2d",
        "check_supervised_y_no_nan",
        "check_transformer_data_not_an_array",
        "check_transformer_general",
        "check_transformers_unfitted_stateless",
    },
    "is about dtypes, memory layout or sparse input, which texts do not have": {
        "check_complex_data",
        "check_dtype_object",
        "check_estimator_sparse_array",
        "check_estimator_sparse_matrix",
        "check_estimator_sparse_tag",
        "check_estimators_dtypes",
        "check_estimators_nan_inf",
        "check_f_contiguous_array_estimator",
        "check_positive_only_tag_during_fit",
        "check_readonly_memmap_input",
        "check_transformer_preserve_dtypes",
    },
    "is about columns, which texts do not have": {
        "check_fit1d",
        "check_fit2d_1feature",
        "check_fit2d_1sample",
        "check_fit2d_predict1d",
        "check_n_features_in",
        "check_n_features_in_after_fitting",
    },
}
TEXTS = KEEPER[:20] + FAN[:20] + CRITIC[:20]
NAMES = np.repeat(["keeper", "fan", "critic"], 20)
UNSEEN = KEEPER[-3:] + FAN[-3:] + CRITIC[-3:]
TRUTH = np.repeat(["keeper", "fan", "critic"], 3)


@pytest.fixture(scope="module")
def fitted() -> AuthorshipClassifier:
    return AuthorshipClassifier().fit(TEXTS, NAMES)


@pytest.mark.filterwarnings("ignore:Can't test estimator")
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learns_checks_for_texts(
    estimator: BaseEstimator, check: Callable[[BaseEstimator], None]
) -> None:
    check(estimator)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_scikit_learns_checks_without_a_table(
    estimator: BaseEstimator, check: Callable[[str, BaseEstimator], None]
) -> None:
    check(type(estimator).__name__, clone(estimator))


def test_every_check_that_cannot_run_exists() -> None:
    listed = set().union(*NOT_FOR_TEXTS.values())
    assert not listed & {check.__name__ for check in CHECKS}
    assert listed <= set(vars(estimator_checks))


@pytest.mark.parametrize("names", [["a", "b", "c"], [7, -1, 30], [2.0, 1.0, 0.0]])
def test_labels_may_be_anything_that_sorts(names: list[object]) -> None:
    labels = np.repeat(np.array(names), 20)
    classifier = AuthorshipClassifier().fit(TEXTS, labels)
    assert classifier.classes_.tolist() == sorted(names)
    assert classifier.predict(UNSEEN).tolist() == np.repeat(names, 3).tolist()
    assert classifier.classes_.dtype == classifier.predict(UNSEEN).dtype
    assert classifier.score(UNSEEN, np.repeat(names, 3)) == 1


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_texts_may_come_in_any_sequence(kind: Callable) -> None:
    classifier = AuthorshipClassifier().fit(kind(TEXTS), NAMES.tolist())
    assert classifier.predict(kind(UNSEEN)).tolist() == TRUTH.tolist()


def test_probabilities_and_scores_agree(fitted: AuthorshipClassifier) -> None:
    shares, scores = fitted.predict_proba(UNSEEN), fitted.decision_function(UNSEEN)
    assert shares.shape == scores.shape == (9, 3)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (shares.argsort(axis=1) == scores.argsort(axis=1)).all()
    assert (fitted.classes_[shares.argmax(axis=1)] == fitted.predict(UNSEEN)).all()


def test_two_classes_have_one_score() -> None:
    classifier = AuthorshipClassifier().fit(TEXTS[:40], NAMES[:40])
    scores = classifier.decision_function(UNSEEN[:6])
    assert scores.shape == (6,)
    assert ((scores > 0) == (classifier.predict(UNSEEN[:6]) == "keeper")).all()
    shares = classifier.predict_proba(UNSEEN[:6])
    assert ((shares[:, 1] > 0.5) == (scores > 0)).all()


def test_a_text_is_scored_alike_alone_in_any_order_and_company(
    fitted: AuthorshipClassifier,
) -> None:
    together = fitted.decision_function(UNSEEN)
    alone = np.concatenate([fitted.decision_function([text]) for text in UNSEEN])
    assert alone == pytest.approx(together, rel=1e-4, abs=1e-4)
    backwards = fitted.decision_function(UNSEEN[::-1])[::-1]
    assert backwards == pytest.approx(together, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("style_only", [False, True])
def test_explanations_are_of_the_same_answers(style_only: bool) -> None:
    classifier = AuthorshipClassifier(style_only=style_only).fit(TEXTS, NAMES)
    texts = [*UNSEEN, "@ann 12 #tags and a bit of fog"]
    answers = classifier.explain(texts)
    shares = [answer.probabilities for answer in answers]
    assert np.array(shares) == pytest.approx(classifier.predict_proba(texts), abs=1e-5)
    assert all(answer.explanation is not None for answer in answers)
    named = [classifier.classes_[answer.predicted] for answer in answers]
    assert named == classifier.predict(texts).tolist()


def test_strangers_are_verified_lower(fitted: AuthorshipClassifier) -> None:
    own, other = map(fitted.verification_log_odds, (UNSEEN, STRANGER))
    assert np.median(own) > np.median(other)


def test_fit_returns_itself_changes_no_parameter_and_can_be_repeated() -> None:
    classifier = AuthorshipClassifier(style_only=True, background=[STRANGER])
    before = classifier.get_params()
    assert classifier.fit(TEXTS, NAMES) is classifier
    assert classifier.get_params() == before
    first = classifier.predict_proba(UNSEEN)
    assert (classifier.fit(TEXTS, NAMES).predict_proba(UNSEEN) == first).all()


def test_predicting_changes_nothing(fitted: AuthorshipClassifier) -> None:
    before = {name: id(value) for name, value in vars(fitted).items()}
    fitted.predict(UNSEEN)
    fitted.predict_proba(UNSEEN[:1])
    assert {name: id(value) for name, value in vars(fitted).items()} == before


def test_a_clone_is_unfitted_with_the_same_parameters() -> None:
    classifier = AuthorshipClassifier(background=[STRANGER]).fit(TEXTS, NAMES)
    copy = clone(classifier)
    assert copy.get_params() == classifier.get_params()
    for method in ("predict", "predict_proba", "decision_function", "explain"):
        with pytest.raises(NotFittedError):
            getattr(copy, method)(UNSEEN)


def test_style_only_and_background_change_the_answers(
    fitted: AuthorshipClassifier,
) -> None:
    plain = fitted.predict_proba(UNSEEN)
    for parameters in ({"style_only": True}, {"background": [STRANGER]}):
        other = AuthorshipClassifier(**parameters).fit(TEXTS, NAMES)
        assert (other.predict_proba(UNSEEN) != plain).any()
        assert [s.tweets for s in other.group_.signatures] == [20, 20, 20]
        assert other.score(UNSEEN, TRUTH) == 1


def test_it_survives_pickle_and_joblib(
    fitted: AuthorshipClassifier, tmp_path: Path
) -> None:
    wanted = fitted.predict_proba(UNSEEN)
    joblib.dump(fitted, tmp_path / "model")
    pickled = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    for copy in (pickled, joblib.load(tmp_path / "model")):
        assert (copy.predict_proba(UNSEEN) == wanted).all()
        assert copy.classes_.tolist() == ["critic", "fan", "keeper"]


def test_it_can_be_cross_validated_and_searched() -> None:
    assert is_classifier(AuthorshipClassifier())
    scores = cross_val_score(AuthorshipClassifier(), TEXTS, NAMES, cv=2)
    assert scores.mean() > 0.9
    search = GridSearchCV(AuthorshipClassifier(), {"style_only": [False, True]}, cv=2)
    search.fit(TEXTS, NAMES)
    assert search.predict(UNSEEN).tolist() == TRUTH.tolist()
    shares = cross_val_predict(
        AuthorshipClassifier(), TEXTS, NAMES, cv=2, method="predict_proba"
    )
    assert shares.shape == (60, 3)


def test_a_composed_classifier_is_the_fitted_one(
    fitted: AuthorshipClassifier, tmp_path: Path
) -> None:
    composed = AuthorshipClassifier.from_group(fitted.group_, fitted.classes_)
    assert (composed.predict_proba(UNSEEN) == fitted.predict_proba(UNSEEN)).all()
    group = fitted.group_
    save_model(tmp_path / "m", ["c", "f", "k"], group.signatures, group.idf)
    assert load(tmp_path / "m").classes_.tolist() == ["c", "f", "k"]
    assert load(str(tmp_path / "m")).predict(UNSEEN[:1]).tolist() == ["k"]


@pytest.mark.parametrize(
    ("texts", "labels", "why"),
    [
        ([], [], "at least one text"),
        ("one text", ["a"], "single string"),
        (np.array([TEXTS]), NAMES, "another shape"),
        (TEXTS, None, "requires y"),
        (TEXTS, NAMES[:-1], "inconsistent numbers of samples"),
        (TEXTS, np.stack([NAMES, NAMES], axis=1), "y should be a 1d array"),
        (TEXTS, ["a"] * 60, "found 1 class"),
        (TEXTS, np.linspace(0, 1, 60), "Unknown label type"),
        (TEXTS, [np.nan, *range(59)], "NaN|Unknown label type"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_reason(
    texts: object, labels: object, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        AuthorshipClassifier().fit(texts, labels)


def test_a_class_with_nine_texts_is_refused() -> None:
    with pytest.raises(TooFewTweetsError, match="9 tweets found, 10 needed"):
        AuthorshipClassifier().fit(TEXTS[:29], NAMES[:29])


@pytest.mark.parametrize("estimator", ESTIMATORS[:2], ids=str)
def test_only_texts_are_accepted(estimator: BaseEstimator) -> None:
    for wrong in ([3], [None], [b"bytes"]):
        with pytest.raises(TypeError, match="Expected texts"):
            clone(estimator).fit(wrong, ["a"])


def test_the_vectorizer_needs_no_fitting() -> None:
    found = StyleVectorizer().transform(FAN[:3])
    assert found.shape == (3, N_FEATURES)
    assert (found != ngrams.transform(FAN[:3])).nnz == 0
    assert (found != StyleVectorizer().fit_transform(FAN[:3])).nnz == 0
    assert len(StyleVectorizer().get_feature_names_out()) == N_FEATURES


def test_style_only_survives_cloning() -> None:
    copy = clone(StyleVectorizer(style_only=True))
    wanted = ngrams.transform(["Hi @ann 12"], style_only=True)
    assert (copy.transform(["Hi @ann 12"]) != wanted).nnz == 0


def test_the_vectorizer_works_in_a_pipeline() -> None:
    pipeline = make_pipeline(StyleVectorizer(), LogisticRegression())
    pipeline.fit(FAN[:20] + KEEPER[:20], np.repeat([0, 1], 20))
    assert pipeline.predict([FAN[-1], KEEPER[-1]]).tolist() == [0, 1]
