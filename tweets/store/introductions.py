"""Stores who users are: names, bios and pictures."""

from hashlib import blake2b
from io import BytesIO

from django.db import transaction

from tweets.models import Avatar, User
from tweets.sources.records import Introduction
from tweets.store.erasure import OptedOutError, UserGoneError, require_storable

SIDE = 96
LARGEST_SIDE = 8_000
FORMATS = ["JPEG", "PNG", "GIF", "WEBP"]


def complete(introduction: Introduction) -> bool:
    """Store what is not known yet of a user; return whether the user is here.

    What staff or a file of people wrote before stays.
    """
    user = _find(introduction)
    if user is None:
        return False
    return _store(
        user,
        name=user.name or introduction.name,
        bio=user.bio or introduction.bio,
        image=b"" if user.avatar else introduction.image,
    )


def replace(introduction: Introduction) -> bool:
    """Store what an introduction says of a user; return whether the user is here."""
    user = _find(introduction)
    if user is None:
        return False
    return _store(
        user,
        name=introduction.name or user.name,
        bio=introduction.bio or user.bio,
        image=introduction.image,
    )


def take_over(kept: User, gone: User) -> None:
    """Store of a user what is known of another who turns out to be the same person."""
    picture = Avatar.objects.filter(user=gone).first()
    image = b"" if kept.avatar or picture is None else bytes(picture.image)
    _store(kept, kept.name or gone.name, kept.bio or gone.bio, image)


def _find(introduction: Introduction) -> User | None:
    if introduction.x_id is not None:
        known = User.objects.filter(x_id=introduction.x_id).first()
        if known is not None:
            return known
    return User.objects.known_as(introduction.handle)


@transaction.atomic
def _store(user: User, name: str, bio: str, image: bytes) -> bool:
    try:
        require_storable(user.pk)
    except (UserGoneError, OptedOutError):
        return False
    drawn = thumbnail(image) if image else None
    if drawn:
        Avatar.objects.update_or_create(user=user, defaults={"image": drawn})
        user.avatar = blake2b(drawn, digest_size=8).hexdigest()
    user.name, user.bio = name, bio
    user.save(update_fields=["name", "bio", "avatar"])
    return True


def thumbnail(image: bytes) -> bytes | None:
    """Draw a picture anew, small, square and without metadata; None if it is none."""
    # Imported late, since few commands need it.
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(image), formats=FORMATS) as opened:
            if max(opened.size) > LARGEST_SIDE:
                return None
            opened.draft("RGB", (2 * SIDE, 2 * SIDE))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    # Pillow raises many errors for damaged files besides its own.
    except Exception:  # noqa: BLE001
        return None
    out = BytesIO()
    ImageOps.fit(upright, (SIDE, SIDE)).save(out, "WEBP", quality=82)
    return out.getvalue()
