"""Static files under hashed names, which browsers may cache for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Uses plain names until `collectstatic` has run; whitenoise serves the files from
    their source folders then."""

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
