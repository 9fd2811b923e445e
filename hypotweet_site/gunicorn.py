"""Gunicorn's configuration. Environment variables override some of it."""

import os
import shutil
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# With threads, a slow client does not block the others.
worker_class = "hypotweet_site.gunicorn_worker.DrainingWorker"
threads = int(os.environ.get("WEB_THREADS", "4"))
# Workers fork after loading, so they share the memory of the code.
preload_app = True
# Set before numpy loads: with more BLAS threads, workers compete for the cores.
raw_env = [
    f"{name}={os.environ.get(name, '1')}"
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
]
# A request may have to build the signatures of a large group.
timeout = 120
# Most platforms kill a process 30 seconds after they ask it to stop.
graceful_timeout = 25
# Longer than the 60 seconds for which load balancers keep connections, so that they
# never send a request on one that is being closed.
keepalive = 65
# Workers restart now and then, at different times, which bounds any memory leak.
max_requests = 20_000
max_requests_jitter = 2_000
# Workers touch a file as their heartbeat; a disk may stall, memory does not.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 # nosec B108
# The socket would need a writable home directory. From gunicorn 25.1.
control_socket_disable = True
logger_class = "hypotweet_site.gunicorn_logs.GunicornLogs"
# Off by default, since a proxy in front logs accesses too. No addresses, no queries.
wants_access_log = os.environ.get("ACCESS_LOG", "off").lower() in {"on", "1", "true"}
accesslog = "-" if wants_access_log else None
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"

if os.environ.get("METRICS", "").lower() not in {"", "off"}:
    # Where workers share their metrics. Set before prometheus_client loads.
    os.environ.setdefault(
        "PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="hypotweet-metrics-")
    )


def on_exit(server: Arbiter) -> None:
    """Delete the metrics, so that the next start counts from zero."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
