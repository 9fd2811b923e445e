"""The queues of background tasks besides the default one."""

# Long work, which nothing else should wait for.
BUILDS = "builds"


def takes_builds(queue_name: str, exclude_queues: str) -> bool:
    """Whether a worker with these options of `db_worker` takes builds."""
    taken, left = queue_name.split(","), exclude_queues.split(",")
    return BUILDS not in left and bool({"*", BUILDS} & set(taken))
