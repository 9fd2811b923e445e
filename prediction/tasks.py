"""Background tasks that build signatures and answer batches."""

from collections.abc import Sequence
from contextlib import suppress

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from common.jobs.queues import BUILDS
from prediction.models import Batch
from tweets.models import User

UNFINISHED = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


@task(queue_name=BUILDS)
def build_stale_signatures() -> int:
    """Build stale signatures; a second run finds nothing to do."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction.serving import loader
    from prediction.serving.map import style_map
    from prediction.training import rebuild
    from prediction.training.backgrounds import NotEnoughUsersError

    try:
        built = rebuild.rebuild_stale(before_switch=loader.prepare_version)
    except NotEnoughUsersError:
        return 0
    style_map.prepare()
    loader.prepare()
    return built


@task(queue_name=BUILDS, priority=10)
def build_stale_signature(user_id: int) -> int:
    """Build one user's signature, for which a visitor has asked, before the others'."""
    from prediction.training import signatures
    from prediction.training.backgrounds import NotEnoughUsersError

    try:
        return signatures.build_unless_fresh(User.objects.filter(pk=user_id))
    except NotEnoughUsersError:
        return 0


@task(queue_name=BUILDS)
def rebuild_signatures(user_ids: list[int]) -> int:
    """Build these users' signatures anew; return how many have enough tweets."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction.training import signatures
    from prediction.training.backgrounds import NotEnoughUsersError

    try:
        return signatures.build(User.objects.filter(pk__in=user_ids))
    except NotEnoughUsersError:
        return 0


def build_first(user_ids: Sequence[int]) -> None:
    """Queue a build of each of these users before others, once for each."""
    path = build_stale_signature.module_path
    queued = DBTaskResult.objects.filter(task_path=path, status__in=UNFINISHED)
    known = {
        tuple(task["args"]) for task in queued.values_list("args_kwargs", flat=True)
    }
    for user_id in user_ids:
        if (user_id,) not in known:
            build_stale_signature.enqueue(user_id)


def build_soon() -> None:
    """Queue one build, however many users changed."""
    waiting = DBTaskResult.objects.filter(
        task_path=build_stale_signatures.module_path, status=TaskResultStatus.READY
    )
    if not waiting.exists():
        build_stale_signatures.enqueue()


@task()
def answer_batch(batch_id: int) -> int:
    """Answer a batch, unless it is deleted by now; return how many texts it has."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction.batches.work import work_on
    from prediction.serving import loader
    from prediction.training.backgrounds import NotEnoughUsersError

    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        return 0
    # Else `work_on` says what is wrong.
    with suppress(NotEnoughUsersError):
        loader.build_now(list(batch.group.all()))
    return work_on(batch)
