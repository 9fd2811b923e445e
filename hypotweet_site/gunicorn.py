"""How gunicorn serves the site; environment variables win where they exist."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Threads hold idle connections open, so that a slow visitor blocks nobody.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# Forked after loading, the workers share the memory of the code.
preload_app = True
# A first build of a large group's signatures may take a while.
timeout = 120
graceful_timeout = 30
# Renewed now and then, not all at once, so that a leak could never add up.
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None
