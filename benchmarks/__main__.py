"""`make bench`: every benchmark that needs no corpus, one after the other."""

import subprocess
import sys

BENCHMARKS = ("predict", "engine_ranking", "refresh", "load")


def main() -> int:
    failed = 0
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        failed += subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"]
        ).returncode
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
