"""Visitors' feedback in the admin: accept, reject, undo."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Account
from common.audit.audited import AuditedAdmin
from prediction.models import Feedback
from prediction.training.feedback import TooManyAcceptedError, accept, reject, undo


@admin.register(Feedback)
class FeedbackAdmin(AuditedAdmin):
    list_display = (
        "text",
        "predicted",
        "claimed",
        "state",
        "of_this_visitor",
        "created_at",
        "moderated_by",
    )
    list_display_links = None
    list_filter = ("state", "created_at")
    search_fields = ("prediction__text", "author__handle", "=visitor")
    list_select_related = ("prediction__best", "author", "moderated_by")
    ordering = ("-state", "-created_at")
    actions = ("accept", "reject", "undo")
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        queue: QuerySet[Feedback] = super().get_queryset(request)
        return queue.annotate(
            by_visitor=_count(Feedback.objects.all()),
            accepted_by_visitor=_count(Feedback.objects.accepted()),
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Feedback | None = None
    ) -> bool:
        """Nobody edits what a visitor said; the actions decide on it."""
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("prediction.change_feedback")

    @admin.display
    def text(self, feedback: Feedback) -> SafeString:
        saved = feedback.prediction
        return format_html(
            '<a href="{}">{}</a>', saved.get_absolute_url(), saved.text[:280]
        )

    @admin.display
    def predicted(self, feedback: Feedback) -> str:
        return str(feedback.prediction.best)

    @admin.display(description="author, says the visitor")
    def claimed(self, feedback: Feedback) -> str:
        return str(feedback.author or "somebody else")

    @admin.display(description="this visitor")
    def of_this_visitor(self, feedback: Feedback) -> SafeString:
        counts = (feedback.by_visitor, feedback.accepted_by_visitor or 0)  # type: ignore[attr-defined]
        return format_html(
            '<a href="?q={}">{} sent, {} accepted</a>', feedback.visitor, *counts
        )

    @admin.action(description="Accept: use for training", permissions=["moderate"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        done = 0
        for feedback in _plain(queryset):
            try:
                done += accept(feedback, cast(Account, request.user))
            except TooManyAcceptedError as error:
                messages.warning(request, str(error))
        messages.success(request, f"{done:,} accepted.")

    @admin.action(description="Reject", permissions=["moderate"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        by = cast(Account, request.user)
        done = sum(reject(feedback, by) for feedback in _plain(queryset))
        messages.success(request, f"{done:,} rejected.")

    @admin.action(description="Undo: back into the queue", permissions=["moderate"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        done = sum(undo(feedback) for feedback in _plain(queryset))
        messages.success(request, f"{done:,} are pending again.")


def _plain(chosen: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """Return the chosen rows, oldest first, without the list's annotations."""
    ids = list(chosen.values_list("pk", flat=True))
    return Feedback.objects.filter(pk__in=ids).select_related("author").order_by("pk")


def _count(feedback: QuerySet[Feedback]) -> Subquery:
    """Count the feedback of the row's visitor."""
    own = feedback.filter(visitor=OuterRef("visitor")).order_by().values("visitor")
    return Subquery(own.annotate(count=Count("pk")).values("count"))
