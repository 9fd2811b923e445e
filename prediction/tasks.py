"""What runs in the background when tweets have changed."""

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from tweets.models import User


@task()
def build_stale_signatures() -> int:
    """Builds what is stale; running it again finds nothing to do."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction import rebuilding, similar
    from prediction.training import NotEnoughUsersError

    try:
        built = rebuilding.rebuild_stale()
    except NotEnoughUsersError:
        return 0
    similar.prepare()
    return built


@task()
def rebuild_signatures(user_ids: list[int]) -> int:
    """Builds these users' signatures anew; returns how many have enough tweets."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction import training
    from prediction.training import NotEnoughUsersError

    try:
        return training.build(User.objects.filter(pk__in=user_ids))
    except NotEnoughUsersError:
        return 0


def build_soon() -> None:
    """Sees to it that one build is waiting, however many users changed."""
    waiting = DBTaskResult.objects.filter(
        task_path=build_stale_signatures.module_path, status=TaskResultStatus.READY
    )
    if not waiting.exists():
        build_stale_signatures.enqueue()
