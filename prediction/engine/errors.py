"""The exceptions of the engine."""


class EngineError(Exception):
    """Base of the engine's own exceptions."""


class DamagedModelError(EngineError):
    """Stored bytes are truncated, altered, too large or of another format."""


class TooFewTweetsError(EngineError, ValueError):
    """A user has fewer tweets than a signature needs: ``found`` of ``needed``."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(f"{found} tweets found, {needed} needed")
        self.found = found
        self.needed = needed


class NoVectorsError(EngineError):
    """The configured spaCy pipeline is missing or has no word vectors."""
