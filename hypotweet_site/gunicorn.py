"""How gunicorn serves the site; environment variables win where they exist."""

import os
import shutil
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Threads hold idle connections open, so that a slow visitor blocks nobody.
worker_class = "hypotweet_site.draining.DrainingWorker"
threads = int(os.environ.get("WEB_THREADS", "4"))
# Forked after loading, the workers share the memory of the code.
preload_app = True
# One BLAS thread, or the workers' threads fight for the cores; before numpy loads.
raw_env = [
    f"{name}={os.environ.get(name, '1')}"
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
]
# A first build of a large group's signatures may take a while.
timeout = 120
# Most platforms kill what still runs 30 seconds after they asked it to stop.
graceful_timeout = 25
# Longer than the 60 seconds that balancers keep a connection, so that none of them
# ever sends a request into one that we are just closing.
keepalive = 65
# Renewed now and then, not all at once, so that a leak could never add up.
max_requests = 20_000
max_requests_jitter = 2_000
# Workers say that they live by touching a file: in memory, since disks stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 # nosec B108
# Nobody steers a running server from outside; its home may be read-only.
control_socket_disable = True
logger_class = "hypotweet_site.gunicorn_logs.GunicornLogs"
# Off unless asked for: a proxy in front writes one, too. No addresses, no queries.
wants_access_log = os.environ.get("ACCESS_LOG", "off").lower() in {"on", "1", "true"}
accesslog = "-" if wants_access_log else None
access_log_format = "%(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"

if os.environ.get("METRICS", "").lower() not in {"", "off"}:
    # Where the workers' figures are added up; set before the library is loaded.
    os.environ.setdefault(
        "PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="hypotweet-metrics-")
    )


def on_exit(server: Arbiter) -> None:
    """The next start begins to count anew."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
