"""Killed at any moment or run twice at once: nothing is lost, nothing is doubled."""

import json
import random
from pathlib import Path

import pytest

from tests.installation import Installation
from tweets.tests.fake_x import FakeX

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
STORED = """
SELECT handle, tweets_tweet.x_id
FROM tweets_tweet JOIN tweets_user ON tweets_user.id = user_id
"""
FREE_CLAIMS = "UPDATE tweets_user SET claimed_until = NULL, refreshed_at = NULL"
COUNTS = "SELECT handle, tweet_count FROM tweets_user"


def test_a_refresh_killed_again_and_again_ends_complete(tmp_path: Path) -> None:
    with FakeX() as x:
        people = [x.add_user(f"user{n}", posts=260) for n in range(4)]
        site = Installation(tmp_path, X_BEARER_TOKEN=x.token, X_API_BASE_URL=x.base_url)
        site.run("add_users", *(user.handle for user in people))
        x.fail(None, delay=0.04, times=10_000, on="/tweets")
        kills = 0
        for number in range(4):
            pages = len(x.requests) + random.Random(number).randint(2, 8)

            def moment(waited: float, pages: int = pages) -> bool:
                return len(x.requests) >= pages

            kills += site.kill_when(moment, "refresh_tweets", "--max-wait=1")
            site.sql(FREE_CLAIMS)
            x.post(people[number], f"posted between kills, number {number}")
        site.run("refresh_tweets")
        assert kills
        expected = sorted((u.handle, i) for u in people for i in u.ids())
        assert sorted(site.sql(STORED)) == expected
        counts = [(user.handle, len(user.posts)) for user in people]
        assert sorted(site.sql(COUNTS)) == sorted(counts)


def test_an_import_killed_again_and_again_ends_complete(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    lines = [
        json.dumps(
            {"user": f"user{n % 9}", "id": str(n + 1), "text": f"tweet {n} of it"}
        )
        for n in range(12_000)
    ]
    path.write_text("\n".join(lines))
    site = Installation(tmp_path)
    kills = 0
    for share in (0.1, 0.3, 0.5, 0.7):

        def moment(waited: float, enough: float = share * 12_000) -> bool:
            return site.rows("tweets_tweet") >= enough

        kills += site.kill_when(moment, "import_tweets", str(path))
    site.run("import_tweets", str(path))
    assert kills
    stored = sorted(site.sql(STORED))
    assert stored == sorted((f"user{n % 9}", n + 1) for n in range(12_000))
    counts = dict(site.sql(COUNTS))
    assert sum(counts.values()) == 12_000


def test_two_imports_of_the_same_file_at_once_store_each_tweet_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "many.jsonl"
    lines = [
        json.dumps(
            {"user": f"user{n % 7}", "id": str(n // 2 + 1), "text": f"tweet {n}"}
        )
        for n in range(6_000)
    ]
    path.write_text("\n".join(lines))
    site = Installation(tmp_path)
    together = [site.start("import_tweets", str(path), "--json") for _ in range(2)]
    reports = [json.loads(process.communicate()[0]) for process in together]
    expected = sorted({(f"user{n % 7}", n // 2 + 1) for n in range(6_000)})
    assert sorted(site.sql(STORED)) == expected
    assert sum(report["stored"] for report in reports) == len(expected)
