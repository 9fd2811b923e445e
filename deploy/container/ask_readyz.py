"""Ends with 1 unless the web process of this container answers that it is ready."""

import os
import sys
import urllib.request

port = os.environ.get("PORT", "8000")
try:
    urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=8).close()
except OSError as error:
    sys.exit(f"/readyz: {error}")
