"""A signature of nobody: what texts from outside have in common.

The reference texts are fitted like the tweets of one user, against a site's background.
Scores of members say little of a recipe or a line of code, whose words all of them use
now and then; this model knows their genre.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prediction.engine.calibration.reference import calibration_features
from prediction.engine.features.idf import FOLDS, IdfWeighting
from prediction.engine.models.signature import fit_model
from prediction.engine.models.svm import Examples


def fit_outside(
    idf: IdfWeighting, background: sparse.csr_matrix
) -> NDArray[np.float16]:
    """Fit weights on the reference texts, but for every other text each.

    Parameters
    ----------
    background
        Weighted by ``idf``, shape ``(tweets, N_FEATURES)``.

    Returns
    -------
    Shape ``(FOLDS, N_FEATURES)``. Row ``fold`` never saw text ``fold`` and every
    ``FOLDS``-th after it.
    """
    texts = idf.transform(calibration_features().features)
    fold = np.arange(texts.shape[0]) % FOLDS
    everything = np.ones(background.shape[0], dtype=bool)
    return np.stack(
        [
            fit_model(Examples(texts, fold != left_out, background, everything)).dense()
            for left_out in range(FOLDS)
        ]
    ).astype(np.float16)
