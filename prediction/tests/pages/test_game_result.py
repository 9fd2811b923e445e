"""What a visitor shares of a daily ten."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from prediction.pages.game.results import DailyResult, draw
from prediction.pages.pictures.canvas import HEIGHT, WIDTH
from prediction.tests.pages.test_guess import play
from tweets.models import User

RESULT = DailyResult(date(2026, 11, 24), (True,) * 8 + (False,) * 2, (True,) * 7, 3)


@pytest.mark.django_db
def test_ten_rounds_end_in_a_result_that_names_nobody(
    client: Client, cast: list[User]
) -> None:
    play(client)
    page = client.get("/guess/")
    shared = page.context["to_share"]
    assert ": 10/10, the model " in shared
    assert "🟩" * 10 in shared
    assert page.context["result"].path in shared
    assert not [user for user in cast if user.handle in page.content.decode()]


def test_the_words_to_share() -> None:
    assert RESULT.text == (
        "HypoTweet daily, 24 Nov 2026: 8/10, the model 7/7\n🟩🟩🟩🟩🟩🟩🟩🟩⬜⬜"
    )


@pytest.mark.django_db
def test_a_shared_result_has_a_picture_of_its_own_and_leads_to_the_game(
    client: Client,
) -> None:
    page = client.get(RESULT.path).content.decode()
    assert f'content="http://testserver{RESULT.picture}"' in page
    assert 'href="/guess/"' in page
    answer = client.get(RESULT.picture)
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(BytesIO(answer.content), formats=["PNG"])
    assert picture.size == (WIDTH, HEIGHT)
    assert draw(RESULT) != draw(DailyResult(RESULT.day, (True,) * 10, (True,) * 7, 3))


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "card.png"])
def test_nobody_makes_up_a_result(client: Client, page: str) -> None:
    forged = RESULT.path.replace("1111111100", "1111111111") + page
    assert client.get(forged).status_code == 404
    assert client.get(f"/guess/result/none/{page}").status_code == 404


MARKS = st.lists(st.booleans(), max_size=10).map(tuple)


@given(st.dates(), MARKS, MARKS, st.integers(0, 10_000))
def test_every_result_comes_back_from_its_address(
    day: date, visitor: tuple[bool, ...], model: tuple[bool, ...], streak: int
) -> None:
    shown = DailyResult(day, visitor, model, streak)
    assert DailyResult.at(shown.token) == shown
    assert len(shown.path) < 120
