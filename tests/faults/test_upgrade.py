"""A database that version 1 filled is upgraded by `migrate` alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.site import some_tweets
from tests.installation import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
VERSION_1 = {
    "accounts": "0003_roles",
    "tweets": "0004_odd_tweets",
    "prediction": "0002_tweet_vectors",
}
# Other packages' tables, which version 1 had too.
OTHERS = ("admin", "auth", "axes", "django_tasks_database", "sessions")
UPLOADED = '{"user": "ann", "text": "One more storm and I paint the lamp room"}\n'
TOKEN = "hypo_" + "t" * 43

# Fills every table as version 1 would, through the models as they were then.
FILL = """
import json
from datetime import UTC, datetime
from django.apps import apps as now
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from accounts.models import digest_of
from common.texts import word_count
from tweets.store.identity import digest, gist

executor = MigrationExecutor(connection)
own = ("accounts", "tweets", "prediction", "auth", "contenttypes")
applied = [key for key in executor.loader.applied_migrations if key[0] in own]
then = executor.loader.project_state(applied).apps
model = then.get_model
moment = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)

for line in open({tweets!r}):
    row = json.loads(line)
    user, _ = model("tweets.User").objects.get_or_create(handle=row["user"])
    text = row["text"]
    model("tweets.Tweet").objects.create(
        user=user, x_id=row["id"], text=text, position=row["id"],
        digest=digest(text), gist=gist(text), word_count=word_count(text),
    )
users = list(model("tweets.User").objects.order_by("pk"))
for user in users:
    count = user.tweets.count()
    user.tweet_count = user.eligible_count = count
    user.revision = 1
    user.save()
first, second = users[0], users[1]

boss = model("accounts.Account").objects.create(username="boss", is_staff=True)
curators = model("auth.Group").objects.get(name="curator")
curators.permissions.clear()
kind, _ = model("contenttypes.ContentType").objects.get_or_create(
    app_label="tweets", model="user"
)
seen, _ = model("auth.Permission").objects.get_or_create(
    content_type=kind, codename="view_user", defaults=dict(name="Can view user")
)
curators.permissions.add(seen)
boss.groups.add(curators)
key = model("accounts.ApiKey").objects.create(
    account=boss, name="a program", prefix={token!r}[:13], digest=digest_of({token!r}),
    scopes=["predict", "read"],
)
model("accounts.RateWindow").objects.create(bucket="b", ends_at=1, count=1)
model("tweets.Worker").objects.create(id="w", seen_at=moment)
model("tweets.Fetch").objects.create(user=first, posts_read=5, outcome="done")
model("tweets.Gap").objects.create(user=first, above=1, below=9)
model("tweets.OptOut").objects.create(handle="gone", x_id=77)
model("tweets.Upload").objects.create(
    name="mine.jsonl", data={uploaded!r}.encode(), state="checked", uploaded_by=boss
)
background = model("prediction.Background").objects.create(
    tweet_count=2, user_count=2, eligible_count=2, format=2, is_current=True,
    sample=b"of version 1", weighting=b"of version 1",
)
model("prediction.Signature").objects.create(
    user=first, background=background, revision=1, tweet_count=9, held_out_count=2,
    model=b"of version 1", held_out=b"of version 1",
)
saved = model("prediction.Prediction").objects.create(
    slug="kept-by-its-slug", text="Fog again", engine="signature", best=first,
    account=boss,
    result=dict(
        candidates=[[first.pk, 0.75, 1.5], [second.pk, 0.25, -1.5]],
        none_of_these=dict(flag=False, probability=0.1),
        held_out=dict(accuracy=0.9, chance=0.5, tweets=40),
        evidence=[dict(start=0, end=3, text="Fog", weight=1.0, toward=first.handle)],
        confusion=[[0, 0, 18], [0, 1, 2], [1, 1, 20]],
        bins=[[0.9, 1.0, 40, 0.95, 0.9]],
    ),
)
saved.group.set([first, second])
model("prediction.Feedback").objects.create(
    prediction=saved, author=first, visitor="v", state="accepted",
    moderated_by=boss, moderated_at=moment,
)
"""
STATE = """
import json
from accounts.models import Account, ApiKey
from django.contrib.auth.models import Group
from prediction.models import Feedback, Prediction
from prediction.serving.saved import restore
from tweets.models import Fetch, Gap, OptOut, Tweet, Upload, User
saved = Prediction.objects.get()
answer = restore(saved).as_json()
with Upload.objects.get().content.open("rb") as content:
    uploaded = content.read().decode()
boss = Account.objects.get()
print(json.dumps(dict(
    tweets=sorted(Tweet.objects.values_list("user__handle", "x_id", "text")),
    key=ApiKey.objects.find({token!r}).name,
    rights=sorted(boss.get_all_permissions()),
    operators=Group.objects.get(name="operator").permissions.count() > 20,
    fetched=list(Fetch.objects.values_list("posts_read", "outcome")),
    gaps=list(Gap.objects.values_list("above", "below")),
    opted_out=list(OptOut.objects.values_list("handle", "x_id")),
    upload=[Upload.objects.get().name, Upload.objects.get().state, uploaded],
    slug=saved.slug,
    predicted=answer["predicted"],
    candidates=[c["probability"] for c in answer["candidates"]],
    held_out=answer["held_out"],
    feedback=list(Feedback.objects.values_list("author__handle", "state")),
)))
"""


@pytest.fixture(scope="module")
def version_1(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Installation:
    """An installation whose database is as version 1 left it."""
    folder = tmp_path_factory.mktemp("version-1")
    site = Installation.empty(folder)
    targets = [(app,) for app in OTHERS] + list(VERSION_1.items())
    site.call(*(("migrate", *target, "--verbosity=0") for target in targets))
    tweets = str(some_tweets(folder))
    site.python(FILL.format(tweets=tweets, token=TOKEN, uploaded=UPLOADED))
    return site


@pytest.fixture
def site(version_1: Installation, tmp_path: Path) -> Installation:
    """A copy of it, which a test may upgrade."""
    folders = {"UPLOAD_DIR": str(tmp_path / "uploads"), "INDEX_DIR": str(tmp_path)}
    return version_1.copy(tmp_path, **folders)


def test_all_that_version_1_stored_is_there_after_migrate(
    site: Installation, tmp_path: Path
) -> None:
    site.run("migrate", "--verbosity=0")
    site.run("migrate", "--check")
    state: dict[str, Any] = json.loads(site.python(STATE.format(token=TOKEN)))
    lines = some_tweets(tmp_path).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    first = state["predicted"]
    assert state == {
        "tweets": sorted([row["user"], row["id"], row["text"]] for row in rows),
        "key": "a program",
        # A role that staff had changed stays as they left it; others are completed.
        "rights": ["tweets.view_user"],
        "operators": True,
        "fetched": [[5, "done"]],
        "gaps": [[1, 9]],
        "opted_out": [["gone", 77]],
        "upload": ["mine.jsonl", "checked", UPLOADED],
        "slug": "kept-by-its-slug",
        "predicted": rows[0]["user"],
        "candidates": [0.75, 0.25],
        "held_out": {"accuracy": 0.9, "chance": 0.5, "tweets": 40},
        "feedback": [[first, "accepted"]],
    }


def test_what_version_1_had_learnt_is_learnt_again_when_asked(
    site: Installation,
) -> None:
    site.run("migrate", "--verbosity=0")
    handles = json.loads(
        site.python(
            "import json; from tweets.models import User; "
            "print(json.dumps([u.handle for u in User.objects.predictable()]))"
        )
    )
    answer = site.run("predict", "--users", *handles, "--text", "Fog again", "--json")
    assert set(handles) == {c["handle"] for c in json.loads(answer)["candidates"]}
    assert "0 signatures built" in site.run("build_signatures")
