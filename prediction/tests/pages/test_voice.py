"""Whose voice is this?"""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from prediction.serving.question import QuestionError
from prediction.serving.voice import MAX_PIECE, split_into_pieces
from prediction.training import signatures
from tweets.models import User
from tweets.tests.cast import KEEPER

PAGE = "Lamp lit at dusk.\nWind SW 6 and rising.\nThe gull has views on porridge."


@pytest.mark.django_db
def test_everybody_is_ranked_by_all_lines_together(
    client: Client, cast: list[User]
) -> None:
    page = client.post("/voice/", {"text": PAGE, "title": "Log", "category": "diary"})
    assert page.context["voice"].best.user.handle == KEEPER
    assert len(page.context["voice"].candidates) == 3
    shown = page.content.decode()
    assert "from 3 lines" in shown
    assert "Log" in shown
    assert "diary" in shown


@pytest.mark.django_db
def test_the_lines_that_gave_it_away_are_marked(
    client: Client, cast: list[User]
) -> None:
    page = client.post("/voice/", {"text": "\n".join([PAGE, *"abc"])})
    lines = page.context["voice"].lines
    marks = [piece.evidence for line in lines for piece in line if piece.evidence]
    assert 1 <= len(marks) <= 8
    assert any(mark.toward == KEEPER and mark.weight > 0 for mark in marks)
    shown = {"".join(piece.text for piece in line) for line in lines}
    assert shown <= {*PAGE.splitlines(), *"abc"}
    assert page.content.decode().count('class="legend"') == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Enter a text"),
        (" \n ", "Enter a text"),
        ("\u200b", "Enter a tweet"),
        ("x" * 25_001, "At most 25,000 characters"),
    ],
)
def test_bad_input_is_explained(
    client: Client, cast: list[User], text: str, message: str
) -> None:
    answer = client.post("/voice/", {"text": text})
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.django_db
def test_nul_is_left_out(client: Client, cast: list[User]) -> None:
    answer = client.post("/voice/", {"text": "Lamp\0 lit at dusk", "title": "a\0b"})
    assert answer.status_code == 200
    assert answer.context["voice"].pieces == ["Lamp lit at dusk"]


@pytest.mark.django_db
def test_an_empty_site_says_so(client: Client) -> None:
    assert "Nobody is here yet" in client.get("/voice/").content.decode()
    assert client.post("/voice/", {"text": PAGE}).status_code == 422


@given(st.text(st.characters(), max_size=3_000))
def test_any_text_is_split_into_pieces_with_words(text: str) -> None:
    try:
        pieces = split_into_pieces(text)
    except QuestionError:
        return
    assert pieces
    assert all(piece.strip() and len(piece) <= MAX_PIECE for piece in pieces)


@pytest.mark.django_db
def test_it_shows_the_cluster_of_the_likeliest_user(
    client: Client, cast: list[User]
) -> None:
    signatures.build(cast)
    page = client.post("/voice/", {"text": PAGE}).content.decode()
    assert "It falls in cluster" in page
