"""Pages of words, and /.well-known/security.txt."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

CONTACT_VALID_FOR = timedelta(days=180)


@require_safe
def responsible_use(request: HttpRequest) -> HttpResponse:
    """Say what is stored, for how long, and whom to write to."""
    contact = settings.PRIVACY_CONTACT
    context = {
        "contact": contact,
        "contact_shown": contact.removeprefix("mailto:"),
        "reads_x": bool(settings.X_BEARER_TOKEN),
        "check_days": settings.DELETION_CHECK_DAYS,
        "grace_days": settings.REMOVAL_GRACE_DAYS,
        "saved_days": settings.SAVED_ANSWER_DAYS,
    }
    return render(request, "pages/responsible_use.html", context)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to tell about a weakness (RFC 9116). Raises Http404 if nobody is set."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = datetime.now(UTC) + CONTACT_VALID_FOR
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri()}",
    ]
    return HttpResponse(
        "\n".join([*lines, ""]), content_type="text/plain; charset=utf-8"
    )


app_name = "pages"
urlpatterns = [
    path(
        "how-it-works/",
        TemplateView.as_view(template_name="pages/how_it_works.html"),
        name="how-it-works",
    ),
    path("responsible-use/", responsible_use, name="responsible-use"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
]
