"""Backgrounds and signatures, saved predictions, feedback on them, and batches."""

from prediction.models.backgrounds import (
    Background,
    Signature,
    SignatureQuerySet,
    TweetVector,
)
from prediction.models.batches import Batch
from prediction.models.predictions import Feedback, Prediction, new_slug

__all__ = [
    "Background",
    "Batch",
    "Feedback",
    "Prediction",
    "Signature",
    "SignatureQuerySet",
    "TweetVector",
    "new_slug",
]
