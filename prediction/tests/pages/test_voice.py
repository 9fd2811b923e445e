"""Whose voice is this?"""

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from prediction.engine.insight.course import rolling_shares
from prediction.models import Prediction
from prediction.serving.question import QuestionError
from prediction.serving.voice import MAX_PIECE, split_into_pieces
from prediction.training import signatures
from tweets.models import User
from tweets.store.merging import merge_users
from tweets.tests.cast import FAN, KEEPER, make_user, texts_of

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


LINES = [*texts_of(KEEPER, 50)[40:], *texts_of(FAN, 50)[40:]]
LONG = "\n".join(" ".join(text.split()) for text in LINES)


@pytest.mark.django_db
def test_the_course_follows_a_change_of_voice(client: Client, cast: list[User]) -> None:
    page = client.post("/voice/", {"text": LONG})
    course = page.context["course"]
    assert course.lines == 20
    assert (course.runs[0].user.handle, course.runs[-1].user.handle) == (KEEPER, FAN)
    turn = next(run.first for run in course.runs if run.user.handle == FAN)
    assert 9 <= turn <= 13
    shown = page.content.decode()
    assert shown.count("<polyline") == len(course.people)
    assert f"Lines 1 to {course.runs[0].last}: @{KEEPER}" in shown


@pytest.mark.django_db
def test_few_lines_have_no_course(client: Client, cast: list[User]) -> None:
    page = client.post("/voice/", {"text": PAGE})
    assert page.context["course"] is None
    assert "<polyline" not in page.content.decode()


@pytest.mark.django_db
def test_it_says_why_and_what_none_of_these_gets(
    client: Client, cast: list[User]
) -> None:
    shown = client.post("/voice/", {"text": LONG}).content.decode()
    assert 'id="why-1"' in shown
    assert 'href="#why-1"' in shown
    assert 'id="bar-nobody"' in shown


@pytest.mark.django_db
def test_it_is_saved_with_its_labels_and_course(
    client: Client, cast: list[User]
) -> None:
    asked = {"text": LONG, "title": "Two <voices>", "category": "diary"}
    page = client.post("/p/voice/", asked, follow=True)
    saved = Prediction.objects.get()
    assert page.redirect_chain[0][0] == saved.get_absolute_url()
    before = client.post("/voice/", asked).context
    assert page.context["course"] == before["course"]
    assert page.context["result"].evidence == before["result"].evidence
    assert page.context["lines"] == before["lines"]
    shown = page.content.decode()
    assert "Two &lt;voices&gt;" in shown
    assert "diary" in shown
    assert client.get(f"/p/{saved.slug}/card.png").status_code == 200
    assert client.get(f"/api/v1/predictions/{saved.slug}").status_code == 200
    told = client.post(f"/p/{saved.slug}/feedback/", {"author": KEEPER})
    assert told.status_code == 404
    assert 'id="feedback"' not in shown
    assert client.post(f"/p/{saved.slug}/delete/").status_code == 302


@pytest.mark.django_db
def test_a_merged_person_stays_in_a_saved_course(
    client: Client, cast: list[User]
) -> None:
    client.post("/p/voice/", {"text": LONG})
    kept = make_user("keeper_two", texts_of(KEEPER, 60)[40:])
    merge_users(kept, [cast[0]])
    saved = Prediction.objects.get()
    course = client.get(saved.get_absolute_url()).context["course"]
    assert course.runs[0].user == kept
    assert kept in [user for user, _ in course.people]


@pytest.mark.django_db
def test_what_cannot_be_read_is_not_saved(client: Client, cast: list[User]) -> None:
    assert client.post("/p/voice/", {"text": ""}).status_code == 422
    assert not Prediction.objects.exists()


def test_a_long_text_of_one_line_is_read_to_its_end() -> None:
    assert sum(map(len, split_into_pieces("the lamp " * 2_700))) > 24_000


@pytest.mark.django_db
def test_a_long_text_counts_as_much_as_it_is(
    client: Client, cast: list[User], settings: Settings
) -> None:
    settings.RATE_LIMIT_ANON = (1, 60)
    statuses = [
        client.post("/voice/", {"text": "the lamp " * 2_700}).status_code
        for _ in range(4)
    ]
    assert statuses == [200, 200, 429, 429]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=40), st.integers(1, 7))
def test_shares_around_a_line_sum_to_one(leaders: list[int], reach: int) -> None:
    logits = np.zeros((len(leaders), 3))
    logits[np.arange(len(leaders)), leaders] = 5
    shares = rolling_shares(logits, reach)
    assert shares.shape == logits.shape
    assert np.allclose(shares.sum(axis=1), 1)
    for line, row in enumerate(shares):
        near = leaders[max(line - reach, 0) : line + reach + 1]
        assert near.count(int(row.argmax())) == max(map(near.count, range(3)))
