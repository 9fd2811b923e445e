"""What gunicorn serves."""

import logging
import os

# Read before numpy loads: one BLAS thread is far faster for our small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypotweet_site.settings")

from django.core.checks import run_checks
from django.core.wsgi import get_wsgi_application

# Python's warnings look like all other lines, too.
logging.captureWarnings(True)

application = get_wsgi_application()

if misconfigured := run_checks(tags=["hypotweet"]):
    raise SystemExit("\n".join(str(message) for message in misconfigured))
