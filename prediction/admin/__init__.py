"""What staff see of predictions; one module per subject."""

from prediction.admin.feedback import FeedbackAdmin
from prediction.admin.predictions import PredictionAdmin
from prediction.admin.signatures import BackgroundAdmin, SignatureAdmin
from prediction.admin.users import UserWithSignatureAdmin

__all__ = [
    "BackgroundAdmin",
    "FeedbackAdmin",
    "PredictionAdmin",
    "SignatureAdmin",
    "UserWithSignatureAdmin",
]
