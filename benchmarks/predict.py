"""Predictions among four users: signatures against what is fitted at every question.

    python -m benchmarks.predict [--databases sqlite postgresql]

Measures in one process and run, for 200 and for 3,200 tweets a user: `signature` with
the group in memory and read from the database each time, and two engines that are
fitted on demand (a linear SVM over the tweets' n-grams, logistic regression over stored
document vectors). Medians in milliseconds.
"""

import argparse
import json
import subprocess
import sys

from benchmarks.installation import ROOT, database


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    for kind in parser.parse_args().databases:
        with database(kind) as environment:
            command = [sys.executable, "-m", "benchmarks.predict_inside"]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
            )
            print(json.dumps({kind: json.loads(done.stdout)}, indent=2))


if __name__ == "__main__":
    main()
