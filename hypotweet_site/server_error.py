"""What a visitor meets when the site itself fails."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from common.http import request_ids

# Seconds; a database that is restarted is back by then.
TRY_AGAIN_AFTER = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither database nor session, and names the request, so that
    whoever reports it and whoever reads the log speak of the same."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    context = {"request_id": request_ids.current.get(), "away": away}
    page = loader.render_to_string("500.html", context)
    if away:
        return HttpResponse(page, status=503, headers={"Retry-After": TRY_AGAIN_AFTER})
    return HttpResponse(page, status=500)
