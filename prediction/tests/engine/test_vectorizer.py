"""The style features behave as a scikit-learn transformer."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import (
    check_estimator_cloneable,
    check_estimator_repr,
    check_get_params_invariance,
    check_mixin_order,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
    check_set_params,
    check_valid_tag_types,
)

from prediction.engine.features import ngrams
from prediction.engine.features.ngrams import N_FEATURES
from prediction.engine.features.vectorizer import StyleVectorizer
from prediction.tests.engine.voices import FAN, KEEPER


@pytest.mark.parametrize(
    "check",
    [
        check_estimator_cloneable,
        check_estimator_repr,
        check_get_params_invariance,
        check_mixin_order,
        check_no_attributes_set_in_init,
        check_parameters_default_constructible,
        check_set_params,
        check_valid_tag_types,
    ],
)
def test_it_passes_the_checks_that_apply_to_texts(check) -> None:
    check("StyleVectorizer", StyleVectorizer())


def test_it_gives_the_features_without_fitting() -> None:
    assert (StyleVectorizer().transform(FAN[:3]) != ngrams.transform(FAN[:3])).nnz == 0
    assert StyleVectorizer().fit_transform(FAN[:3]).shape == (3, N_FEATURES)
    assert len(StyleVectorizer().get_feature_names_out()) == N_FEATURES


def test_style_only_survives_cloning() -> None:
    copy = clone(StyleVectorizer(style_only=True))
    wanted = ngrams.transform(["Hi @ann 12"], style_only=True)
    assert (copy.transform(["Hi @ann 12"]) != wanted).nnz == 0


def test_it_works_in_a_pipeline() -> None:
    pipeline = make_pipeline(StyleVectorizer(), LogisticRegression())
    pipeline.fit(FAN[:20] + KEEPER[:20], np.repeat([0, 1], 20))
    assert pipeline.predict([FAN[-1], KEEPER[-1]]).tolist() == [0, 1]


def test_a_single_string_is_no_list_of_texts() -> None:
    with pytest.raises(ValueError, match="single string"):
        StyleVectorizer().transform("Fog")
    with pytest.raises(TypeError, match="int"):
        StyleVectorizer().transform([3])
