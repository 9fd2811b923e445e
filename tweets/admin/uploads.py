"""The admin pages of uploads: a file is checked first, then imported."""

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from common.audit.audited import AuditedAdmin
from tweets.admin.column_form import ColumnForm
from tweets.forms import UploadForm
from tweets.models import Upload
from tweets.orders import ask_for_check, ask_for_import

MAPPABLE = (Upload.State.UNCLEAR, Upload.State.CHECKED)


@admin.register(Upload)
class UploadAdmin(AuditedAdmin):
    """Checks a file in the background as soon as it is uploaded.

    The upload's page then shows what an import would store, and a button to import.
    """

    list_display = ("name", "state", "format", "handle", "uploaded_by", "created_at")
    list_filter = ("state",)
    search_fields = ("name", "handle")
    list_select_related = ("uploaded_by",)
    change_form_template = "admin/tweets/upload.html"

    def get_form(
        self,
        request: HttpRequest,
        obj: Upload | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Upload | None = None) -> Any:
        if obj is None:
            return ("file", "lines", "handle", "include_replies")
        return ("name", "state", "handle", "include_replies", "uploaded_by")

    def has_change_permission(
        self, request: HttpRequest, obj: Upload | None = None
    ) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Upload, form: Any, change: bool
    ) -> None:
        obj.uploaded_by = request.user  # type: ignore[assignment]
        obj.save()
        ask_for_check(obj)

    def response_add(
        self, request: HttpRequest, obj: Upload, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.info(request, "The file is being checked; nothing is stored yet.")
        return HttpResponseRedirect(_page_of(obj.pk))

    def get_urls(self) -> list[URLPattern]:
        own = {"import": self.import_view, "columns": self.columns_view}
        return [
            path(
                f"<int:pk>/{action}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"tweets_upload_{action}",
            )
            for action, view in own.items()
        ] + super().get_urls()

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Import a checked upload; a second click changes nothing."""
        if not self.has_add_permission(request):
            return HttpResponse(status=403)
        if _begin_import(pk):
            messages.success(request, "The file is being imported in the background.")
        return HttpResponseRedirect(_page_of(pk))

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check an upload again, with the columns and the author that staff name."""
        if not self.has_add_permission(request):
            return HttpResponse(status=403)
        upload = Upload.objects.filter(pk=pk, state__in=MAPPABLE).first()
        if upload is None:
            return HttpResponseRedirect(_page_of(pk))
        form = ColumnForm(upload, request.POST)
        if not form.is_valid():
            return self._with_errors(request, form)
        with transaction.atomic():
            form.save()
            ask_for_check(upload, "columns named")
        messages.info(request, "The file is being checked again.")
        return HttpResponseRedirect(_page_of(pk))

    def _with_errors(self, request: HttpRequest, form: ColumnForm) -> HttpResponse:
        """Show the upload's page with what was chosen, and what is wrong with it."""
        shown = copy(request)
        shown.method = "GET"
        page = self.change_view(
            shown, str(form.upload.pk), extra_context={"column_form": form}
        )
        page.status_code = 422
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        upload = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if upload is not None and _may_be_mapped(upload):
            context.setdefault("column_form", ColumnForm(upload))
        return super().change_view(request, object_id, form_url, context)


@transaction.atomic
def _begin_import(pk: int) -> bool:
    checked = Upload.objects.filter(pk=pk, state=Upload.State.CHECKED)
    if not checked.update(state=Upload.State.IMPORTING):
        return False
    ask_for_import(Upload.objects.get(pk=pk))
    return True


def _may_be_mapped(upload: Upload) -> bool:
    if upload.state not in MAPPABLE:
        return False
    return upload.state == Upload.State.UNCLEAR or bool(upload.report.get("rows"))


def _page_of(pk: int) -> str:
    return reverse("admin:tweets_upload_change", args=[pk])
