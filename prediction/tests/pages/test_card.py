"""The picture of a saved answer, which previews of links show."""

from io import BytesIO

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from prediction.models import Prediction
from prediction.pages.pictures.canvas import HEIGHT, WIDTH
from prediction.pages.pictures.card import draw
from tweets.models import User

BARS = (("@ann", 0.7), ("None of these", 0.3), ("@bob", 0.0))
HOSTILE = "<b>&amp;\u202e\x00\n" * 900


@pytest.fixture
def saved(client: Client, cast: list[User], question: dict[str, object]) -> Prediction:
    client.post("/p/", question)
    return Prediction.objects.get()


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture), formats=["PNG"])


@pytest.mark.django_db
def test_every_saved_answer_has_a_picture_of_its_own(
    client: Client, saved: Prediction
) -> None:
    page = client.get(saved.get_absolute_url()).content.decode()
    address = f"{saved.get_absolute_url()}card.png"
    assert f'content="http://testserver{address}"' in page
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "image/png"
    assert opened(answer.content).size == (1200, 630)


@pytest.mark.django_db
def test_an_answer_about_somebody_unlisted_has_no_picture(
    client: Client, saved: Prediction
) -> None:
    User.objects.filter(pk=saved.best_id).update(is_listed=False)
    assert client.get(f"{saved.get_absolute_url()}card.png").status_code == 404


def test_another_answer_is_another_picture() -> None:
    words = "Probably @ann, 70%"
    first = draw("The lamp is lit.", words, BARS)
    assert first == draw("The lamp is lit.", words, BARS)
    for other in (
        draw("The lamp is out.", words, BARS),
        draw("The lamp is lit.", "Perhaps @ann, 40%", BARS),
        draw("The lamp is lit.", words, (("@ann", 0.2), *BARS[1:])),
    ):
        assert other != first


@given(st.text(max_size=900))
@settings(max_examples=25, deadline=None)
def test_any_text_has_a_picture_of_bounded_size(text: str) -> None:
    picture = draw(text, text, ((text, 1.0), *BARS))
    assert opened(picture).size == (WIDTH, HEIGHT)
    assert len(picture) < 200_000


def test_long_and_hostile_texts_leave_room_for_the_bars() -> None:
    with_bars = opened(draw(HOSTILE, HOSTILE, BARS)).convert("RGB")
    without = opened(draw(HOSTILE, HOSTILE, ())).convert("RGB")
    below = (0, 420, WIDTH, HEIGHT - 60)
    assert with_bars.crop(below).tobytes() != without.crop(below).tobytes()
    footer = (0, HEIGHT - 60, WIDTH, HEIGHT)
    assert with_bars.crop(footer).tobytes() == without.crop(footer).tobytes()
