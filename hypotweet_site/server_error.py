"""The page for errors of the site itself."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from common.http.request_ids import current_request_id

# In seconds; a database that is restarted is back by then.
RETRY_AFTER = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """Render a page that needs neither database nor session.

    It shows the id of the request, by which the log lines about it can be found.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    context = {"request_id": current_request_id(), "away": away}
    page = loader.render_to_string("500.html", context)
    if away:
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(page, status=500)
