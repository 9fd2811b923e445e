"""Background tasks in the admin: their states, and retrying those that failed."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django_tasks import TaskResultStatus
from django_tasks_db import admin as registers_its_own  # noqa: F401
from django_tasks_db.models import DBTaskResult

from common.audit import record
from common.jobs.privacy import are_arguments_private

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(admin.ModelAdmin):
    list_display = (
        "task_name",
        "about",
        "status",
        "message",
        "enqueued_at",
        "started_at",
        "finished_at",
    )
    list_filter = ("status", "task_path")
    ordering = ("-enqueued_at",)
    actions = ("retry",)
    fields = (
        "task_name",
        "about",
        "status",
        "enqueued_at",
        "started_at",
        "finished_at",
        "worker_ids",
        "return_value",
        "traceback",
    )
    readonly_fields = fields
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: DBTaskResult | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: DBTaskResult | None = None
    ) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("django_tasks_database.change_dbtaskresult")

    @admin.display
    def about(self, task: DBTaskResult) -> str:
        """The arguments of the task, unless they are private."""
        if are_arguments_private(task):
            return "–"
        given = ", ".join(str(value) for value in task.args_kwargs.get("args", []))
        return given[:100] or "–"

    @admin.display
    def message(self, task: DBTaskResult) -> str:
        if task.status == TaskResultStatus.FAILED:
            return str(task.traceback).strip().rpartition("\n")[2][:200]
        return "" if task.return_value is None else str(task.return_value)[:200]

    @admin.action(description="Try again", permissions=["retry"])
    @transaction.atomic
    def retry(self, request: HttpRequest, queryset: QuerySet[DBTaskResult]) -> None:
        """Put failed tasks back into the queue; leave the others alone."""
        failed = queryset.filter(status=TaskResultStatus.FAILED).order_by()
        names = ", ".join(sorted(set(failed.values_list("task_path", flat=True))))
        count = failed.update(
            status=TaskResultStatus.READY,
            started_at=None,
            finished_at=None,
            worker_ids=[],
            exception_class_path="",
            traceback="",
        )
        if count:
            record("tasks tried again", summary=names, tasks=count)
        messages.success(request, f"{count:,} failed tasks are queued again.")
