"""Who an X archive belongs to: name, bio, and the picture among the archive's files."""

from pathlib import PurePosixPath

from tweets.sources.fields.cleaning import one_line
from tweets.sources.fields.identifiers import parse_handle, parse_x_id
from tweets.sources.formats.archive import ArchiveFiles, Owner
from tweets.sources.formats.archive_js import js_values
from tweets.sources.io.containers import Container
from tweets.sources.io.json_values import JsonValue
from tweets.sources.io.limits import MAX_BIO, MAX_IMAGE, MAX_NAME
from tweets.sources.records import Introduction, SourceError


def introduce_owner(
    container: Container, files: ArchiveFiles, owner: Owner
) -> Introduction | None:
    """Read who an archive's owner is; None if it has no valid handle.

    The picture's address on X is never asked: only its file in the archive is read.
    """
    try:
        handle, x_id = parse_handle(owner.handle), parse_x_id(owner.x_id)
        profile = _profile(container, files.profile) if files.profile else {}
    except (ValueError, SourceError):
        return None
    if handle is None:
        return None
    description = profile.get("description")
    bio = description.get("bio") if isinstance(description, dict) else None
    return Introduction(
        handle,
        x_id,
        one_line(owner.name, MAX_NAME),
        one_line(bio, MAX_BIO),
        _image(container, files.images, profile.get("avatarMediaUrl")),
    )


def _profile(container: Container, name: str) -> dict[str, object]:
    for item in js_values(container.text(name)):
        value = item.value if isinstance(item, JsonValue) else None
        profile = value.get("profile") if isinstance(value, dict) else None
        if isinstance(profile, dict):
            return profile
    return {}


def _image(container: Container, images: list[str], address: object) -> bytes:
    """Return the file whose name ends as the picture's address does."""
    if not isinstance(address, str) or not (base := PurePosixPath(address).name):
        return b""
    for name in images:
        if name.endswith(f"-{base}") and container.size(name) <= MAX_IMAGE:
            try:
                return container.head(name, MAX_IMAGE)
            except SourceError:
                return b""
    return b""
