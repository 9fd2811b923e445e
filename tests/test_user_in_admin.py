"""One place for everything that staff can do with a user, and opt-outs that hold."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Account
from accounts.roles import Role, give_role
from hypotweet_site.operations.backup.erasures import apply_since
from hypotweet_site.operations.prune import prune
from prediction.models import Background, Prediction
from prediction.serving import loader, predictor
from prediction.serving.map import style_map
from prediction.serving.map.same_person import compare_styles
from prediction.training import rebuild
from tests.every_url import RESULT
from tweets.models import Alias, Merge, OptOut, User
from tweets.tests.cast import KEEPER, make_cast, make_user, texts_of

pytestmark = pytest.mark.django_db
USERS = "/admin/tweets/user/"


def sign_in(client: Client, role: Role) -> Account:
    account = Account.objects.create_user(role.value)
    give_role(account, role)
    client.force_login(account)
    return account


def page_of(client: Client, user: User) -> str:
    address = reverse("admin:tweets_user_change", args=[user.pk])
    return client.get(address).content.decode()


def offered(page: str) -> set[str]:
    return set(re.findall(r'name="action" value="(\w+)"', page))


def press(client: Client, user: User, action: str) -> str:
    """Press a button of the user's page, and then the one that confirms."""
    form = {
        "action": action,
        "_selected_action": user.pk,
        "back": user.pk,
        "ask": "yes",
    }
    asked = client.post(USERS, form).content.decode()
    answer = client.post(USERS, form | {"confirmed": "yes"})
    assert answer.status_code == 302
    return asked


def test_a_users_page_offers_all_that_a_role_may_do(client: Client) -> None:
    sign_in(client, Role.OPERATOR)
    ann = make_user("ann", source="x")
    both = {"refresh", "rebuild_signature", "reset_tweets", "erase"}
    page = page_of(client, ann)
    assert offered(page) == both | {"unlist_users"}
    for words in ("Compare and merge", "Their tweets", "Changes", "Page on the site"):
        assert words in page
    User.objects.filter(pk=ann.pk).update(is_listed=False, source="file")
    page = page_of(client, ann)
    assert offered(page) == both - {"refresh"} | {"list_users"}
    assert "/admin/tweets/user/from-x/?handles=ann" in page


def test_a_curator_is_offered_less(client: Client) -> None:
    sign_in(client, Role.CURATOR)
    page = page_of(client, make_user("ann", source="x"))
    assert offered(page) == {"refresh", "unlist_users"}
    assert "Compare and merge" not in page


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("unlist_users", "hidden from the site"),
        ("reset_tweets", "This deletes"),
        ("rebuild_signature", "built anew"),
        ("erase", "for good"),
    ],
)
def test_each_button_asks_first(client: Client, action: str, words: str) -> None:
    sign_in(client, Role.OPERATOR)
    ann = make_user("ann", ["one two three"])
    form = {"action": action, "_selected_action": ann.pk, "back": ann.pk, "ask": "yes"}
    assert words in client.post(USERS, form).content.decode()
    ann.refresh_from_db()
    assert ann.is_listed
    assert ann.tweet_count == 1
    done = client.post(USERS, form | {"confirmed": "yes"})
    if action == "erase":
        assert done["Location"] == USERS
        assert OptOut.objects.covers("ann")
    else:
        assert done["Location"] == f"{USERS}{ann.pk}/change/"


def test_staff_find_that_place_from_the_page_of_a_person(client: Client) -> None:
    ann = make_user("ann")
    link = reverse("admin:tweets_user_change", args=[ann.pk])
    assert link not in client.get("/users/ann/").content.decode()
    sign_in(client, Role.CURATOR)
    assert link in client.get("/users/ann/").content.decode()


def test_merging_says_how_alike_two_write_and_asks_again(client: Client) -> None:
    sign_in(client, Role.OPERATOR)
    keeper, critic, _ = make_cast()
    rebuild.rebuild_all()
    address = reverse("admin:tweets_user_merge", args=[keeper.pk])
    asked = {"with": f"@{critic.handle}", "back": critic.pk}
    page = client.get(address, asked).content.decode()
    assert f'name="back" value="{critic.pk}"' in page
    assert "the styles differ much" in page
    form = {
        "action": "merge",
        "_selected_action": [keeper.pk, critic.pk],
        "kept": keeper.pk,
        "confirmed": "yes",
    }
    again = client.post(USERS, form).content.decode()
    assert "They are one person all the same." in again
    assert User.objects.count() == 3
    done = client.post(USERS, form | {"sure": "yes", "back": critic.pk})
    assert done.url == reverse("admin:tweets_user_change", args=[keeper.pk])
    assert User.objects.count() == 2
    merge = Merge.objects.get()
    undo = reverse("admin:tweets_user_undo_merge", args=[merge.pk])
    assert undo in page_of(client, keeper)
    assert "Yes, undo the merge" in client.get(undo).content.decode()
    assert User.objects.count() == 2
    client.post(undo)
    assert User.objects.get(handle=critic.handle).tweet_count == critic.tweet_count


def test_two_halves_of_one_person_are_merged_without_a_warning() -> None:
    texts = texts_of(KEEPER, 120)
    make_cast()
    one = make_user("one", texts[::2])
    other = make_user("other", texts[1::2])
    few = make_user("few", ["one two three"])
    rebuild.rebuild_all()
    differs = {
        (pair.one.handle, pair.other.handle): pair.differs
        for pair in compare_styles([one, other, few])
    }
    assert differs == {
        ("one", "other"): False, ("one", "few"): None, ("other", "few"): None,
    }  # fmt: skip
    Background.objects.all().delete()
    assert compare_styles([one, other])[0].differs is None


def test_a_curator_undoes_no_merge(client: Client) -> None:
    sign_in(client, Role.CURATOR)
    merge = Merge.objects.create(
        kept=make_user("ann"), handle="old", gone=[], before=[], after=[], moved={}
    )
    undo = reverse("admin:tweets_user_undo_merge", args=[merge.pk])
    assert client.post(undo).status_code == 403


# Demo people on a live site.


def test_the_demo_asks_where_real_people_are_and_goes_in_one_step(
    client: Client,
) -> None:
    sign_in(client, Role.CURATOR)
    ann = make_user("ann", ["one two three"])
    load, remove = (
        reverse(f"admin:tweets_user_{name}_demo") for name in ("load", "remove")
    )
    assert "1 real person" in client.post(load).content.decode()
    assert User.objects.count() == 1
    client.post(load, {"sure": "yes"})
    assert User.objects.count() == 9
    assert "gullrock_keeper" in client.post(remove).content.decode()
    assert User.objects.count() == 9
    client.post(remove, {"sure": "yes"})
    assert list(User.objects.all()) == [ann]


def test_an_empty_site_gets_the_demo_at_once(client: Client) -> None:
    sign_in(client, Role.CURATOR)
    client.post(reverse("admin:tweets_user_load_demo"))
    assert User.objects.count() == 8


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stdin", [StringIO("no\n"), Terminal("yes\n")])
def test_the_command_asks_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, stdin: StringIO
) -> None:
    make_user("ann")
    monkeypatch.setattr("sys.stdin", stdin)
    call_command("load_demo")
    assert User.objects.count() == 9
    call_command("load_demo", "--remove")
    assert User.objects.count() == 1


def test_whoever_says_no_on_a_terminal_gets_no_demo(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_user("ann")
    monkeypatch.setattr("sys.stdin", Terminal("\n"))
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_demo")
    assert User.objects.count() == 1
    call_command("load_demo", "--yes")
    assert User.objects.count() == 9


# Opt-outs take a person out at once, by any way they are entered.


def in_the_form(client: Client, handle: str, settings: Settings) -> None:
    sign_in(client, Role.CURATOR)
    client.post(reverse("admin:tweets_optout_add"), {"handle": handle})


def with_an_at_in_the_form(client: Client, handle: str, settings: Settings) -> None:
    in_the_form(client, f" @{handle} ", settings)


def by_editing(client: Client, handle: str, settings: Settings) -> None:
    sign_in(client, Role.OPERATOR)
    other = OptOut.objects.create(handle="mistyped")
    page = reverse("admin:tweets_optout_change", args=[other.pk])
    client.post(page, {"handle": handle})


def by_the_action(client: Client, handle: str, settings: Settings) -> None:
    sign_in(client, Role.OPERATOR)
    user = User.objects.known_as(handle)
    assert user is not None
    press(client, user, "erase")


def by_command(client: Client, handle: str, settings: Settings) -> None:
    call_command("erase_user", handle, "--yes", stdout=StringIO())


def by_saving(client: Client, handle: str, settings: Settings) -> None:
    OptOut(handle=handle).save()


def with_an_at(client: Client, handle: str, settings: Settings) -> None:
    OptOut.objects.update_or_create(handle=f" @{handle}")


def by_id(client: Client, handle: str, settings: Settings) -> None:
    OptOut.objects.create(handle="somebody_else", x_id=77)


def by_a_restore(client: Client, handle: str, settings: Settings) -> None:
    from datetime import UTC, datetime

    settings.ERASURES_FILE.write_text(
        f'{{"at": "2030-01-01T00:00:00+00:00", "opted_out": "{handle}"}}\n'
    )
    apply_since(datetime(2026, 1, 1, tzinfo=UTC), settings.ERASURES_FILE)


def past_this_program(client: Client, handle: str, settings: Settings) -> None:
    OptOut.objects.bulk_create([OptOut(handle=handle)])
    assert prune(days=14)["stored though they opted out"] == 1


WAYS = [
    in_the_form, with_an_at_in_the_form, by_editing, by_the_action, by_command,
    by_saving, with_an_at, by_id, by_a_restore, past_this_program,
]  # fmt: skip
EARLIER = [in_the_form, by_command, by_saving, by_a_restore]


@pytest.mark.parametrize(
    ("opt_out", "handle"),
    [(way, KEEPER.upper()) for way in WAYS] + [(way, "Former_Name") for way in EARLIER],
)
def test_an_opt_out_takes_a_person_out_at_once(
    client: Client,
    settings: Settings,
    tmp_path: Path,
    opt_out: Callable[[Client, str, Settings], None],
    handle: str,
    django_capture_on_commit_callbacks: Callable,
) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    settings.INDEX_DIR = tmp_path / "index"
    users = make_cast(20)
    keeper = users[0]
    User.objects.filter(pk=keeper.pk).update(x_id=77)
    Alias.objects.create(handle="former_name", user=keeper)
    rebuild.rebuild_all()
    style_map.prepare()
    loader.prepare()
    candidates = [[user.pk, 0.3, 0.0] for user in users]
    saved = Prediction.objects.create(
        text="Lamp lit.",
        engine="signature",
        best=keeper,
        result=RESULT | {"candidates": candidates},
    )
    saved.group.set(users)
    assert client.get(saved.get_absolute_url()).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        opt_out(client, handle, settings)
    client.logout()
    assert OptOut.objects.covers(KEEPER, 77)
    assert OptOut.objects.covers("FORMER_name")
    for address in (
        f"/users/{KEEPER}/",
        "/users/former_name/",
        saved.get_absolute_url(),
    ):
        assert client.get(address).status_code == 404, address
    assert client.get(f"/api/v1/users/{KEEPER}").status_code == 404
    for address in ("/", "/users/", "/map/", "/api/v1/users"):
        assert KEEPER not in client.get(address).content.decode(), address
    asked = {"text": "Lamp lit.", "users": [KEEPER, users[1].handle]}
    answer = client.post("/api/v1/predictions", asked, "application/json")
    assert answer.status_code in (404, 422)
    assert not Prediction.objects.exists()
    found = predictor.predict(list(User.objects.all()), "Lamp lit.", engine="signature")
    assert KEEPER not in [one.user.handle for one in found.ranking]
    assert not list(settings.INDEX_DIR.glob("everyone-*"))
