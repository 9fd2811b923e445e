#!/usr/bin/env python
"""HypoTweet's command line."""

import os
import sys
from pathlib import Path

# Read before numpy loads: one BLAS thread is far faster for our small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")


def open_what_is_closed() -> None:
    """Replace standard streams that the caller closed (`>&-`) by /dev/null, so that no
    file of ours gets their numbers, either."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for good


def main() -> None:
    open_what_is_closed()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypotweet_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
