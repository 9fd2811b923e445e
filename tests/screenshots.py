"""Takes the pictures of docs/tour.md and of shared links, of the demo users alone.

Run as `python -m tests.screenshots`; needs a Chromium.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.demo_site import ROOT, find_chromium, served_demo

IMAGES = ROOT / "docs" / "images"
PREVIEW = ROOT / "static" / "img" / "preview.png"
DESKTOP, PHONE, COLUMN, LINK = (1024, 740), (390, 780), (720, 800), (1200, 630)
GROUP = "?users=gullrock_keeper&users=VesperOnFilm&users=PlumstoneTilDie"
LAMP = "Log. Wind SW 6, lamp lit, and the gull has my biscuit again."
PAGE = (
    "Fog again. Sounded the horn on the hour.\n"
    "Mrs Pask came by with flour and opinions.\n"
    "The lamp is lit. All is well on the Rock."
)
CHANT = "COME ON YOU PLUMS!!!\nnever in doubt that lads\nlost a shoe. kept the points"


def answer(page: Page) -> None:
    page.goto(f"/{GROUP}&users=GrandmaDot1941")
    page.fill("#id_text", LAMP)
    page.locator("#closest .quotes li").first.wait_for()
    page.wait_for_timeout(400)


def trust(page: Page) -> None:
    answer(page)
    page.locator("#trust summary").click()
    page.locator("#trust").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#trust').scrollIntoView()")


def picker(page: Page) -> None:
    page.goto(f"/{GROUP}")
    page.get_by_role("combobox").click()
    page.locator(".ts-dropdown .option").first.wait_for()


def saved(page: Page) -> None:
    answer(page)
    page.get_by_role("button", name="Save and share").click()
    page.locator("#address").wait_for()


def would(page: Page) -> None:
    page.goto("/users/gullrock_keeper/would/")
    page.fill("#id_text", LAMP)
    page.get_by_role("button", name="Would they?").click()
    page.locator(".verdict").wait_for()


def guess(page: Page) -> None:
    page.goto("/guess/")
    page.locator(".suspects button").first.click()
    page.locator(".verdict").wait_for()


def voice(page: Page) -> None:
    page.goto("/voice/")
    page.fill("#id_text", f"{PAGE}\n{CHANT}")
    page.get_by_label("Title").fill("A quiet week")
    page.get_by_label("Category").fill("diary")
    page.get_by_role("button", name="Whose voice?").click()
    page.locator(".course").wait_for()
    page.evaluate("document.querySelector('.course').scrollIntoView({block: 'center'})")


def batch(page: Page) -> None:
    page.goto(f"/batch/{GROUP}")
    page.fill("#id_texts", f"{PAGE}\nA film in which a door is opened, slowly. ★½")
    page.get_by_role("button", name="Show the table").click()
    page.locator(".batch-table").wait_for()


def people(page: Page) -> None:
    page.goto("/users/")


def person(page: Page) -> None:
    page.goto("/users/VesperOnFilm/")


def compare(page: Page) -> None:
    page.goto("/compare/")


Step = Callable[[Page], None]
PICTURES: list[tuple[Path, Step, tuple[int, int], str]] = [
    (IMAGES / "answer.png", answer, DESKTOP, "light"),
    (IMAGES / "answer-dark.png", answer, DESKTOP, "dark"),
    (IMAGES / "phone.png", answer, PHONE, "light"),
    (IMAGES / "picker.png", picker, DESKTOP, "light"),
    (IMAGES / "trust.png", trust, COLUMN, "light"),
    (IMAGES / "saved.png", saved, DESKTOP, "light"),
    (IMAGES / "guess.png", guess, DESKTOP, "dark"),
    (IMAGES / "voice.png", voice, DESKTOP, "light"),
    (IMAGES / "batch.png", batch, DESKTOP, "light"),
    (IMAGES / "people.png", people, DESKTOP, "light"),
    (IMAGES / "person.png", person, DESKTOP, "dark"),
    (IMAGES / "would.png", would, DESKTOP, "light"),
    (IMAGES / "map.png", compare, DESKTOP, "light"),
    (PREVIEW, answer, LINK, "light"),
]


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium: install one, or name it in CHROMIUM.", file=sys.stderr)  # noqa: T201
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served_demo(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        for path, step, size, theme in PICTURES:
            take(browser, site, path, step, size, theme)
        browser.close()
    return 0


def take(
    browser: Browser,
    site: str,
    path: Path,
    step: Step,
    size: tuple[int, int],
    theme: str,
) -> None:
    context = browser.new_context(
        base_url=site,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    step(page)
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
