"""What runs in the background when tweets have changed."""

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult


@task()
def build_stale_signatures() -> int:
    """Builds what is stale; running it again finds nothing to do."""
    # Imported late: numpy and scipy would slow every command down.
    from prediction import rebuilding
    from prediction.training import NotEnoughUsersError

    try:
        return rebuilding.rebuild_stale()
    except NotEnoughUsersError:
        return 0


def build_soon() -> None:
    """Sees to it that one build is waiting, however many users changed."""
    waiting = DBTaskResult.objects.filter(
        task_path=build_stale_signatures.module_path, status=TaskResultStatus.READY
    )
    if not waiting.exists():
        build_stale_signatures.enqueue()
