"""The WSGI application."""

import logging
import os

# Set before numpy loads: one BLAS thread is far faster for small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypotweet_site.settings")

from django.core.checks import ERROR, run_checks
from django.core.wsgi import get_wsgi_application

# Python's warnings get the format of all other log lines.
logging.captureWarnings(True)

application = get_wsgi_application()

checked = run_checks(tags=["hypotweet"], include_deployment_checks=True)
if misconfigured := [message for message in checked if message.level >= ERROR]:
    raise SystemExit("\n".join(str(message) for message in misconfigured))
