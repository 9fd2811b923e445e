"""Drawing of words on pictures of 1200 x 630 pixels, of whatever text."""

from functools import lru_cache
from io import BytesIO
from unicodedata import category

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN, GAP = 64, 16
PAPER, INK, QUIET = "#fbfaf5", "#1d2433", "#565d6d"
LINE, ACCENT, PEN = "#dedbd0", "#0a6660", "#ffd34d"
_LONGEST = 400
_SYSTEM_FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Drawn = tuple[Image.Image, ImageDraw.ImageDraw]


def blank(footer: str) -> Drawn:
    """Return an empty picture in the site's colours, and what draws on it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 14, HEIGHT), fill=PEN)
    pen.text((MARGIN, HEIGHT - 50), footer, QUIET, font(24, bold=False))
    return image, pen


def as_png(image: Image.Image) -> bytes:
    """Return the bytes of a PNG."""
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def paragraph(
    pen: ImageDraw.ImageDraw, top: int, text: str, size: int, most: int, bold: bool
) -> int:
    """Draw at most so many lines; return where the next paragraph may begin."""
    letters, height = font(size, bold), round(size * 1.35)
    lines = _wrapped(text, letters, most)
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * height), line, INK, letters)
    return top + len(lines) * height


def _wrapped(text: str, letters: Font, most: int) -> list[str]:
    room = WIDTH - 2 * MARGIN
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if letters.getlength(longer) <= room:
            lines[-1] = longer
            continue
        if len(lines) == most:
            lines[-1] = cut(f"{longer}…", letters, room)
            break
        lines.append(cut(word, letters, room))
    return [line for line in lines if line]


def cut(text: str, letters: Font, room: float) -> str:
    """Shorten a text until it fits."""
    if letters.getlength(text) <= room:
        return text
    while text and letters.getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text}…"


def plain(text: str) -> str:
    """Return one line of bounded length, without controls and directions."""
    spaced = " ".join(text[: 2 * _LONGEST].split())
    shown = "".join(c for c in spaced if not category(c).startswith("C"))
    return f"{shown[:_LONGEST]}…" if len(shown) > _LONGEST else shown


@lru_cache(maxsize=16)
def font(size: int, bold: bool) -> Font:
    """Load the system's DejaVu Sans, or what comes with Pillow: Latin letters alone."""
    try:
        return ImageFont.truetype(_SYSTEM_FONTS[bold], size)
    except OSError:
        return ImageFont.load_default(size)
