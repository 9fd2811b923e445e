"""A new version meets a database that an old one has filled."""

import json
from pathlib import Path

import pytest

from tests.faults.site import some_tweets
from tests.installation import Installation

pytestmark = pytest.mark.django_db
FIRST = [("accounts", "0001"), ("tweets", "0001"), ("prediction", "0001")]
# As the first version stored them: through the models as they were then.
FILL = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from common.texts import word_count
from tweets.store.identity import digest, gist
executor = MigrationExecutor(connection)
applied = executor.loader.applied_migrations
known = [key for key in applied if key[0] in ("tweets", "accounts")]
now = executor.loader.project_state(known).apps
User, Tweet = now.get_model("tweets", "User"), now.get_model("tweets", "Tweet")
for line in open({path!r}):
    row = json.loads(line)
    user, _ = User.objects.get_or_create(handle=row["user"])
    text, x_id = row["text"], row["id"]
    Tweet.objects.create(
        user=user, x_id=x_id, text=text, position=x_id,
        digest=digest(text), gist=gist(text), word_count=word_count(text),
    )
now.get_model("accounts", "Account").objects.create(username="boss", is_staff=True)
"""
STATE = """
import json
from accounts.models import Account
from tweets.models import Tweet
print(json.dumps([
    list(Account.objects.values_list("username", flat=True)),
    sorted(Tweet.objects.values_list("user__handle", "x_id", "text")),
]))
"""


def test_what_an_old_version_stored_is_there_after_an_update(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    for app, migration in FIRST[::-1]:
        site.run("migrate", app, migration, "--verbosity=0")
    path = some_tweets(tmp_path)
    site.python(FILL.format(path=str(path)))
    site.run("migrate", "--verbosity=0")
    accounts, tweets = json.loads(site.python(STATE))
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert accounts == ["boss"]
    assert tweets == sorted([row["user"], row["id"], row["text"]] for row in rows)
    site.run("migrate", "--check")
