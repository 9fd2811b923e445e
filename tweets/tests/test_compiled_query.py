"""Compiled queries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common.compiled_query import CompiledQuery
from tweets.models import User
from tweets.tests.cast import make_user

NAMED = CompiledQuery(
    lambda handles: User.objects.listed().by_handles(handles).values_list("handle"),
    "stand_in_{}".format,
)


@pytest.mark.django_db
def test_it_returns_what_the_query_set_returns() -> None:
    for handle in ("Ann", "bob", "cem"):
        make_user(handle, [])
    make_user("hidden", [], is_listed=False)
    assert set(NAMED.rows(["cem", "ann", "hidden"])) == {("Ann",), ("cem",)}
    assert NAMED.rows(["bob", "nobody"]) == [("bob",)]


class Anything(TestCase):
    @given(st.lists(st.text(max_size=30), min_size=1, max_size=4, unique=True))
    @settings(max_examples=50, deadline=None)
    def test_values_are_never_read_as_sql(self, values: list[str]) -> None:
        clean = [
            v.replace("\0", "").encode("utf-8", "replace").decode() for v in values
        ]
        assert NAMED.rows(clean) == []
