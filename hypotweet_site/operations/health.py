"""Health checks for load balancers."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """Respond whenever the process is running."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Respond 200 when the database answers and every migration is applied."""
    try:
        pending = pending_migrations()
    except DatabaseError:
        return _not_ready("The database does not answer.")
    if pending:
        return _not_ready(f"{pending} migrations are not applied.")
    return JsonResponse({"status": "ok"})


def pending_migrations() -> int:
    """Count the migrations that are not applied. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "not ready", "reason": reason}, status=503)
