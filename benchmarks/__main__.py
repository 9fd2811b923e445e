"""`make bench`: every benchmark, one after the other. Those of the engine alone need
real tweets: `make bench CORPUS=tweets.jsonl.gz`."""

import os
import subprocess
import sys

BENCHMARKS = (["predict"], ["refresh"], ["load"])
ON_A_CORPUS = ("engine_ranking", "engine_accuracy")


def main() -> int:
    chosen = list(BENCHMARKS)
    if corpus := os.environ.get("CORPUS"):
        chosen += [[name, corpus] for name in ON_A_CORPUS]
    failed = 0
    for name, *arguments in chosen:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        failed += subprocess.run(command, check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
