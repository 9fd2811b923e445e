"""What visitors say counts once staff accept it, exactly once, and can be undone."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from prediction.models import Feedback, Prediction, Signature
from prediction.training import eligible, signatures
from prediction.training.feedback import (
    LARGEST_SHARE,
    MOST_PER_VISITOR,
    TooManyAcceptedError,
    accept,
    accepted_texts,
    reject,
    undo,
)
from tests.working import work
from tweets.models import User
from tweets.store.merging import merge_users
from tweets.tests.cast import KEEPER, make_cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> User:
    make_cast(60)
    return User.objects.get(handle=KEEPER)


@pytest.fixture
def boss() -> Account:
    return Account.objects.create_superuser("boss", password="x")


def claim(author: User | None, text: str, visitor: str = "v") -> Feedback:
    best = author or User.objects.first()
    result = {"candidates": [[best.pk, 1.0, 1.0]]}
    saved = Prediction.objects.create(
        text=text, engine="signature", best=best, result=result
    )
    saved.group.set(User.objects.all())
    return Feedback.objects.create(prediction=saved, author=author, visitor=visitor)


def revision(user: User) -> int:
    return User.objects.get(pk=user.pk).revision


def test_an_accepted_text_trains_exactly_once(keeper: User, boss: Account) -> None:
    before = eligible.eligible_texts(keeper.pk)
    feedback = claim(keeper, "A gull on the rail again tonight")
    assert accept(feedback, boss)
    once = revision(keeper)
    assert once == keeper.revision + 1
    assert not accept(feedback, boss)
    assert revision(keeper) == once
    for _ in range(2):
        signatures.build([keeper])
        after = eligible.eligible_texts(keeper.pk)
        assert after == ["A gull on the rail again tonight", *before]
        counts = Signature.objects.filter(user=keeper).values_list("tweet_count")
        assert counts.get() == (len(before) + 1,)


def test_undone_feedback_no_longer_trains(keeper: User, boss: Account) -> None:
    before = eligible.eligible_texts(keeper.pk)
    feedback = claim(keeper, "A gull on the rail again tonight")
    accept(feedback, boss)
    assert undo(feedback)
    assert not undo(feedback)
    assert eligible.eligible_texts(keeper.pk) == before
    assert revision(keeper) == keeper.revision + 2
    feedback.refresh_from_db()
    assert (feedback.state, feedback.moderated_by) == ("pending", None)


def test_rejected_and_pending_feedback_trains_nobody(
    keeper: User, boss: Account
) -> None:
    reject(claim(keeper, "A gull on the rail again tonight"), boss)
    claim(keeper, "Another gull on the rail tonight")
    assert accepted_texts(keeper.pk) == []
    assert revision(keeper) == keeper.revision


def test_the_same_text_counts_once(keeper: User, boss: Account) -> None:
    tweeted = eligible.eligible_texts(keeper.pk)[0]
    for number, text in enumerate(["Gulls gulls gulls", "GULLS gulls gulls", tweeted]):
        accept(claim(keeper, text, f"visitor {number}"), boss)
    assert accepted_texts(keeper.pk) == ["Gulls gulls gulls"]


def test_one_visitor_cannot_flood_a_user(keeper: User, boss: Account) -> None:
    for number in range(MOST_PER_VISITOR):
        accept(claim(keeper, f"The gull number {'x' * number} is back"), boss)
    with pytest.raises(TooManyAcceptedError):
        accept(claim(keeper, "And one more gull is back"), boss)


def test_many_visitors_cannot_outweigh_the_tweets(keeper: User, boss: Account) -> None:
    for number in range(12):
        text = f"The gull {'x' * number} is back"
        accept(claim(keeper, text, f"visitor {number}"), boss)
    most = int(LARGEST_SHARE * keeper.eligible_count)
    assert len(accepted_texts(keeper.pk)) == most < 12


def test_somebody_else_trains_nobody(keeper: User, boss: Account) -> None:
    assert accept(claim(None, "A gull on the rail again tonight"), boss)
    assert revision(keeper) == keeper.revision


def test_feedback_on_a_deleted_prediction_no_longer_trains(
    keeper: User, boss: Account
) -> None:
    feedback = claim(keeper, "A gull on the rail again tonight")
    accept(feedback, boss)
    feedback.prediction.delete()
    assert accepted_texts(keeper.pk) == []
    assert revision(keeper) == keeper.revision + 2


def test_a_merged_user_keeps_feedback_and_saved_answers(boss: Account) -> None:
    kept, gone, third = (make_user(name) for name in ("ann", "old_ann", "bob"))
    alone = claim(gone, "one two three")
    alone.prediction.group.set([gone, third])
    claim(gone, "both stood here")
    merge_users(kept, [gone])
    saved = Prediction.objects.get()
    assert (saved.best, saved.result["candidates"][0][0]) == (kept, kept.pk)
    assert set(saved.group.all()) == {kept, third}
    assert Feedback.objects.get().author == kept


def test_merging_a_user_with_accepted_feedback_retrains_the_one_kept(
    boss: Account,
) -> None:
    kept, gone, third = (make_user(name) for name in ("ann", "old_ann", "bob"))
    feedback = claim(gone, "one two three")
    feedback.prediction.group.set([gone, third])
    accept(feedback, boss)
    merge_users(kept, [gone])
    assert revision(kept) == kept.revision + 1


def test_staff_moderate_from_the_queue(
    client: Client, keeper: User, boss: Account
) -> None:
    client.force_login(boss)
    feedback = claim(keeper, "A gull on the rail again tonight")
    page = reverse("admin:prediction_feedback_changelist")
    shown = client.get(page + "?state__exact=pending").content.decode()
    assert "A gull on the rail again tonight" in shown
    assert "1 sent, 0 accepted" in shown
    for action, state in [
        ("accept", "accepted"),
        ("undo", "pending"),
        ("reject", "rejected"),
    ]:
        client.post(page, {"action": action, "_selected_action": [feedback.pk]})
        feedback.refresh_from_db()
        assert feedback.state == state
    assert feedback.moderated_by == boss


def test_the_user_list_shows_held_out_accuracy(
    client: Client, keeper: User, boss: Account
) -> None:
    signatures.build(User.objects.all())
    client.force_login(boss)
    page = client.get(reverse("admin:tweets_user_changelist")).content.decode()
    assert page.count("%</td>") == 3
    shown = client.get(reverse("admin:tweets_user_change", args=[keeper.pk]))
    assert b"none" in shown.content


def test_signatures_are_rebuilt_and_found_by_their_state(
    client: Client, keeper: User, boss: Account
) -> None:
    client.force_login(boss)
    page = reverse("admin:tweets_user_changelist")
    assert listed(client, f"{page}?signature=fresh") == set()
    chosen = {"action": "rebuild_signature", "_selected_action": [str(keeper.pk)]}
    feedback = client.post(page, chosen, follow=True).content.decode()
    assert "1 signatures are being rebuilt in the background." in feedback
    work()
    built = set(User.objects.values_list("handle", flat=True))
    assert keeper.handle in listed(client, f"{page}?signature=fresh")
    fresh = listed(client, f"{page}?signature=fresh")
    assert listed(client, f"{page}?signature=missing") == built - fresh


def listed(client: Client, page: str) -> set[str]:
    return {user.handle for user in client.get(page).context["cl"].result_list}
