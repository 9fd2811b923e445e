"""Background tasks that build signatures."""

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from tweets.models import User


@task()
def build_stale_signatures() -> int:
    """Build stale signatures; a second run finds nothing to do."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction.serving import loader
    from prediction.serving.map import style_map
    from prediction.training import rebuild
    from prediction.training.backgrounds import NotEnoughUsersError

    try:
        built = rebuild.rebuild_stale()
    except NotEnoughUsersError:
        return 0
    style_map.prepare()
    loader.prepare()
    return built


@task()
def rebuild_signatures(user_ids: list[int]) -> int:
    """Build these users' signatures anew; return how many have enough tweets."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction.training import signatures
    from prediction.training.backgrounds import NotEnoughUsersError

    try:
        return signatures.build(User.objects.filter(pk__in=user_ids))
    except NotEnoughUsersError:
        return 0


def build_soon() -> None:
    """Queue one build, however many users changed."""
    waiting = DBTaskResult.objects.filter(
        task_path=build_stale_signatures.module_path, status=TaskResultStatus.READY
    )
    if not waiting.exists():
        build_stale_signatures.enqueue()
