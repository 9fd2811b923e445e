"""The part of benchmarks.size that runs inside the installation."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypotweet_site.settings")
django.setup()

from django.conf import settings
from django.db import connection, reset_queries
from django.test import Client

from accounts.models import Account
from prediction.models import Background
from prediction.serving import ranking_index
from prediction.training import signatures
from tweets.models import Tweet, User

TIMES = 15
REAL = 20
WRITE = """
import django; django.setup()
from prediction.models import Background
from prediction.serving import ranking_index
ranking_index.build_index(Background.objects.get())
"""
SLOW_PLAN = "Seq Scan on tweets_tweet"
COPY = """
CREATE TABLE bare (LIKE tweets_tweet INCLUDING ALL);
"""
PEOPLE = """
INSERT INTO tweets_user (handle, name, bio, avatar, source, is_listed, status,
                         was_listed, check_due, revision, tweet_count, eligible_count,
                         created_at, updated_at)
SELECT 'more' || n, initcap(md5(n::text)), '', '', 'file', true, 'active',
       false, false, 1, 0, 0, now(), now()
FROM generate_series(1, %s) n
"""
FILL = """
INSERT INTO tweets_tweet (x_id, text, posted_at, position, digest, gist, word_count,
                          is_excluded, user_id)
SELECT at, 'one more tweet, number ' || n, now() - n * interval '1 hour',
       at, hashtext(n::text), hashtext(n::text || u.id), 5, false, u.id
FROM tweets_user u, generate_series(1, %s) n,
     LATERAL (SELECT (1000000 + n)::bigint << 40 AS at) later
"""
COPIES = """
INSERT INTO prediction_signature (user_id, background_id, revision, tweet_count,
                                  held_out_count, built_at, model, held_out)
SELECT u.id, background_id, u.revision, s.tweet_count, held_out_count, built_at,
       model, held_out
FROM tweets_user u JOIN (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS number FROM prediction_signature
) s ON number = u.id %% %s
WHERE NOT EXISTS (SELECT 1 FROM prediction_signature own WHERE own.user_id = u.id)
"""


def main() -> None:
    users, tweets, rank = map(int, sys.argv[1:])
    report = {"bare insert": bare_insert()}
    settings.ALLOWED_HOSTS = ["*"]
    fill(users, tweets)
    stored = Tweet.objects.count()
    report |= {
        "stored": stored,
        "bytes a tweet, indexes included": size_of("tweets_tweet") // stored,
        "bytes a signature": size_of("prediction_signature") // users,
        "pages": pages(),
        "everybody": ranking() if rank else None,
    }
    print(json.dumps(report))


def size_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        return int(cursor.fetchone()[0])


def bare_insert() -> dict[str, float]:
    """The stored rows once more, by Django's bulk_create in an equal table."""
    rows = list(Tweet.objects.order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute(COPY)
    table = Tweet._meta.db_table  # noqa: SLF001
    Tweet._meta.db_table = "bare"  # noqa: SLF001
    started = time.perf_counter()
    for first in range(0, len(rows), 1_000):
        Tweet.objects.bulk_create(rows[first : first + 1_000])
    took = time.perf_counter() - started
    Tweet._meta.db_table = table  # noqa: SLF001
    return {"rows": len(rows), "seconds": round(took, 1)}


def fill(users: int, tweets: int) -> None:
    """Up to so many users with so many tweets, and a signature for everybody: twenty
    real ones, copied, since pages cost the same whatever stands in them."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [max(users - User.objects.count(), 0)])
        cursor.execute(FILL, [max(tweets - Tweet.objects.count() // users, 0)])
        User.objects.update(
            tweet_count=tweets, eligible_count=tweets, different_count=tweets
        )
        cursor.execute("ANALYZE")
        signatures.build(User.objects.order_by("pk")[:REAL])
        cursor.execute(COPIES, [REAL])
        cursor.execute("ANALYZE")


def ranking() -> dict[str, object]:
    """Write the index in a process of its own, and ask about everybody in this one."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", WRITE], check=True)
    wrote = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    index = ranking_index._path(Background.objects.get())  # noqa: SLF001
    before = psutil.Process().memory_full_info().uss
    body = {"text": "What a lovely morning it was", "users": "all", "top": 10}
    client = Client()
    status, seconds = 0, []
    for _ in range(TIMES):
        started = time.perf_counter()
        status = client.post(
            "/api/v1/predictions", body, content_type="application/json"
        ).status_code
        seconds.append(time.perf_counter() - started)
    return {
        "status": status,
        "index written in s": round(wrote, 1),
        "peak MB of writing, with the mapped file": peak,
        "index MB": index.stat().st_size >> 20,
        "first s": round(seconds[0], 2),
        "median ms": round(statistics.median(seconds) * 1_000, 1),
        "own MB more": (psutil.Process().memory_full_info().uss - before) >> 20,
    }


def pages() -> dict[str, dict[str, object]]:
    boss = Account.objects.create_superuser("boss", "boss@example.org", "boss")
    client = Client()
    client.force_login(boss)
    return {path: measure(client, path) for path in paths()}


def paths() -> Iterator[str]:
    user = User.objects.order_by("pk")[7]
    tweet = Tweet.objects.filter(user=user)[0]
    last = User.objects.listed().count() // 48
    yield from ("/", "/users/", "/users/?q=user19", "/users/?page=30")
    yield from (f"/users/?page={last}", "/users/?sort=tweets", "/users/?kind=ready")
    yield from ("/users.json?q=user19", "/?users=user1&users=user2")
    yield from (user.get_absolute_url(), f"{user.get_absolute_url()}?q=number")
    yield from ("/voice/", "/batch/", "/guess/", "/compare/")
    yield from ("/api/v1/users", "/api/v1/users?q=user19")
    yield f"/api/v1/users?limit=200&offset={last * 48}"
    yield f"/api/v1/users/{user.handle}"
    yield from ("/admin/", "/admin/tweets/user/", "/admin/tweets/user/?q=user19")
    yield from (f"/admin/tweets/user/?p={last}", "/admin/prediction/signature/")
    yield from ("/admin/tweets/tweet/", "/admin/tweets/tweet/?q=number")
    yield from (
        f"/admin/tweets/user/{user.pk}/change/",
        f"/admin/tweets/tweet/{tweet.pk}/change/",
    )


def measure(client: Client, path: str) -> dict[str, object]:
    seconds = []
    status = 0
    for _ in range(TIMES):
        started = time.perf_counter()
        status = client.get(path, follow=True).status_code
        seconds.append(time.perf_counter() - started)
    asked = queries(client, path)
    return {
        "status": status,
        "median ms": round(statistics.median(seconds) * 1_000, 1),
        "first ms": round(seconds[0] * 1_000, 1),
        "queries": len(asked),
        "sequential": [sql[:200] for sql in asked if SLOW_PLAN in plan(sql)],
    }


def queries(client: Client, path: str) -> list[str]:
    connection.force_debug_cursor = True
    reset_queries()
    client.get(path, follow=True)
    connection.force_debug_cursor = False
    return [query["sql"] for query in connection.queries]


def plan(sql: str) -> str:
    if not sql.startswith("SELECT"):
        return ""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
        return "\n".join(row[0] for row in cursor.fetchall())


if __name__ == "__main__":
    main()
