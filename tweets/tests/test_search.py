"""Searches find what contains every word, in any of the fields."""

import pytest

from common.search import contains_all, search_words
from tweets.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["ann_lee", "bob"]),
        ("lee", ["ann_lee", "bob"]),
        ("LEE ann", ["ann_lee"]),
        ("harper bo", ["bob"]),
        ("ann harper", []),
        ("an\0n", ["ann_lee"]),
        ("100%", []),
    ],
)
def test_every_word_must_occur_in_one_of_the_fields(
    typed: str, found: list[str]
) -> None:
    User.objects.create(handle="ann_lee", name="Ann")
    User.objects.create(handle="bob", name="Harper Lee")
    condition = contains_all(search_words(typed), "handle", "name")
    assert [user.handle for user in User.objects.filter(condition)] == found
