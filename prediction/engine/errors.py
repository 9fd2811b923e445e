"""What the engine raises, so that callers can catch it without knowing why."""


class EngineError(Exception):
    """Base of everything the engine raises on purpose."""


class DamagedModelError(EngineError):
    """Stored bytes are truncated, altered, too large or of another format."""


class TooFewTweetsError(EngineError):
    """A user has fewer tweets than a signature needs."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(f"{found} tweets found, {needed} needed")
        self.found = found
        self.needed = needed


class NoVectorsError(EngineError):
    """The configured spaCy pipeline is missing or has no word vectors."""
