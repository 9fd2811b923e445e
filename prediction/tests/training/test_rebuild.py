"""A rebuild reads every tweet once, and can be killed at any moment."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from prediction.models import Background, Signature
from prediction.training import (
    backgrounds,
    eligible,
    rebuild,
    signatures,
    tweet_features,
)
from tests.installation import DEMO, Installation
from tests.patience import PATIENCE
from tweets.models import User
from tweets.tests.cast import FAN, KEEPER, make_cast

pytestmark = pytest.mark.django_db
SIGNATURES = """
SELECT background_id, is_current, count(*) FROM prediction_signature
JOIN prediction_background background ON background.id = background_id
GROUP BY background_id, is_current
"""


ERASED = f"""
from prediction.models import Background, Signature
from prediction.training.signatures import build_one
from prediction.training.tweet_features import TweetFeatures
from tweets.models import User

class Erasing(TweetFeatures):
    def of(self, user_id, texts):
        features = super().of(user_id, texts)
        User.objects.get(pk=user_id).delete()
        return features

user = User.objects.get(handle="{FAN}")
print(build_one(user.pk, Background.objects.get().pk, Erasing()))
print(Signature.objects.filter(user_id=user.pk).exists())
"""


def test_who_is_erased_while_their_signature_is_built_has_none(tmp_path: Path) -> None:
    site = Installation(tmp_path, after=DEMO)
    assert site.python(ERASED).split() == ["False", "False"]


def test_features_of_every_tweet_are_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_cast(40)
    monkeypatch.setattr(backgrounds, "BACKGROUND_TWEETS", 60)
    features = tweet_features.TweetFeatures()
    background = backgrounds.prepare_background(features)
    ids = list(User.objects.values_list("pk", flat=True))
    for pk in ids:
        assert signatures.build_one(pk, background.pk, features)
    own = [text for pk in ids for text in eligible.eligible_texts(pk)]
    assert features.computed == len(own)
    assert background.tweet_count == 60


def test_a_signature_does_not_depend_on_who_computed_its_features() -> None:
    make_cast(40)
    rebuild.rebuild_all()
    stored = Signature.objects.order_by("user_id").values_list("model", "held_out")
    first = [(bytes(model), bytes(held_out)) for model, held_out in stored]
    for user in User.objects.all():
        signatures.build_one(
            user.pk, Background.objects.get().pk, tweet_features.TweetFeatures()
        )
    again = [(bytes(model), bytes(held_out)) for model, held_out in stored.all()]
    assert again == first


@pytest.mark.processes
def test_a_killed_rebuild_leaves_the_old_version_in_use_and_no_process(
    tmp_path: Path,
) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("needs /proc to see which processes are left")
    site = Installation(tmp_path, after=DEMO)
    ((old, _, total),) = site.sql(SIGNATURES)
    workers = _kill_in_the_middle(site)
    found = {pk: (current, count) for pk, current, count in site.sql(SIGNATURES)}
    assert found.pop(old) == (True, total)
    (begun,) = (count for _, count in found.values())
    assert 0 < begun < total
    answer = site.run(
        "predict", "--users", KEEPER, FAN, "--text", "Lamp lit.", "--json"
    )
    assert json.loads(answer)["predicted"] in {KEEPER, FAN}
    assert _gone(workers)
    # Each of them may have stored what it was building when its parent was killed.
    (kept,) = (count for pk, _, count in site.sql(SIGNATURES) if pk != old)
    assert begun <= kept <= begun + len(workers)
    done = site.run("build_signatures", "--all", "--jobs", "2")
    assert int(done.split()[0]) == total - kept
    ((new, current, complete),) = site.sql(SIGNATURES)
    assert new != old
    assert (bool(current), complete) == (True, total)


def _kill_in_the_middle(site: Installation) -> list[int]:
    """Kills a rebuild that has built something; returns its workers."""
    process = site.start("build_signatures", "--all", "--jobs", "2")
    while len(site.sql(SIGNATURES)) == 1 and process.poll() is None:
        time.sleep(0.005)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    process.send_signal(signal.SIGKILL)
    # Workers hold the other ends of its pipes, so their ends are no sign of its own.
    process.wait()
    return [int(child) for child in children.split()]


def _gone(workers: list[int]) -> bool:
    """Whether all of them end by themselves; waits for it."""
    assert len(workers) == 2
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if not any(_runs(worker) for worker in workers):
            return True
        time.sleep(0.1)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
