"""Every address of the site, with something real behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver
from django_tasks_db.models import DBTaskResult

from accounts.models import Account, ApiKey, Scope
from accounts.roles import Role, give_role
from common.audit import record
from prediction.models import Background, Feedback, Prediction, Signature
from prediction.training import signatures
from tweets import tasks
from tweets.models import Avatar, Fetch, Merge, OptOut, Tweet, Upload
from tweets.store.merging import merge_users
from tweets.tests.cast import KEEPER, make_cast, make_user

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# How the admin spells its parameters, and what stands in a route but in no address.
GROUP = re.compile(r"\(\?P(<\w+>)[^)]*\)")
ANCHORS = re.compile(r"^\^|\$$|\\Z$")


def routes() -> Iterator[str]:
    """All routes as Django spells them."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + GROUP.sub(r"\1", ANCHORS.sub("", str(pattern.pattern)))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield f"/{route}"


@dataclass(frozen=True)
class Site:
    """One of everything that addresses name."""

    rows: dict[str, Any]

    def address(self, route: str) -> str:
        """The route with a value in place of each parameter."""
        values = self._values(route)
        return PARAMETER.sub(lambda found: str(values[found[1]]), route)

    def _values(self, route: str) -> dict[str, Any]:
        account = ContentType.objects.get_for_model(Account).pk
        values = {
            "handle": KEEPER,
            "digest": self.rows["user"].avatar,
            "slug": self.rows["prediction"].slug,
            "task_id": self.rows["dbtaskresult"].pk,
            "uidb64": "MQ",
            "token": "none",
            "kind": "csv",
            "content_type_id": account,
            "app_label": "tweets",
            "url": "nothing/here",
        }
        # The last one: an app may go by the name of one of its models.
        parts = reversed(route.split("/"))
        model = next((part for part in parts if part in self.rows), "user")
        model = "apikey" if "/keys/" in route else model
        row = self.rows["account" if "admin/r/" in route else model]
        return values | {"pk": row.pk, "object_id": row.pk, "id": row.pk}


def make_site() -> Site:
    """Users with signatures, a saved prediction, and one row of every other kind."""
    users = make_cast(20)
    signatures.build(users)
    users[0].avatar = "0123456789abcdef"
    users[0].save()
    Avatar.objects.create(user=users[0], image=b"a picture")
    ann = Account.objects.create_user("ann")
    saved = Prediction.objects.create(
        text="Lamp lit.", engine="signature", best=users[0], result=RESULT, account=ann
    )
    saved.result = RESULT | {"candidates": [[user.pk, 0.3, 0.0] for user in users]}
    saved.save()
    saved.group.set(users)
    merge_users(users[0], [make_user("old")])
    # Found by the user's key, as all below /admin/tweets/user/ is.
    Merge.objects.update(id=users[0].pk)
    key = ApiKey(account=ann, name="robot", scopes=[Scope.READ])
    ApiKey.objects.issue(key)
    tasks.refresh_users.enqueue([0])
    attempt = {"username": "ann", "ip_address": "10.0.0.1"}
    rows = [
        users[0],
        Tweet.objects.first(),
        Fetch.objects.create(user=users[0]),
        OptOut.objects.create(handle="gone"),
        record("listed", users[0]),
        Upload.objects.create(name="t.csv", state=Upload.State.CHECKED),
        Signature.objects.first(),
        Background.objects.first(),
        saved,
        Feedback.objects.create(prediction=saved, author=users[0], visitor="v"),
        ann,
        key,
        Group.objects.get(name="curator"),
        DBTaskResult.objects.filter(task_path__startswith="tweets.").first(),
        AccessAttempt.objects.create(failures_since_start=1, **attempt),
        AccessLog.objects.create(**attempt),
        AccessFailureLog.objects.create(**attempt),
    ]
    return Site({row._meta.model_name: row for row in rows})


RESULT: dict[str, Any] = {
    "candidates": [],
    "none_of_these": {"flag": False, "probability": 0.1},
    "held_out": {"accuracy": 0.9, "chance": 0.3, "tweets": 12},
    "evidence": [],
}


def make_account(role: str) -> Account:
    """An account of that role; `account` has none."""
    if role == "account":
        return Account.objects.get(username="ann")
    account = Account.objects.create_user(role)
    give_role(account, Role(role))
    return account
