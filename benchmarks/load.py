"""Load on a real server: gunicorn as the Procfile starts it, PostgreSQL behind it.

    python -m benchmarks.load [--requests 10000] [--connections 16] [--beside]

Asks /healthz and then for predictions among groups of four demo users, over the JSON
API and loopback only, and prints throughput and latencies of both, and the memory of
the workers before and after. With --beside it asks for as many predictions once more
while all signatures are rebuilt and users refreshed, again and again.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.installation import ROOT, database, manage
from tests.ports import free_port, wait_until_up
from tests.served import start

FOLDER = ROOT / "tweets" / "demo_tweets"
WORKERS = 2


@dataclass
class Outcome:
    """Seconds of every request, and how many failed."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    took: float = 0

    def summary(self) -> dict[str, float]:
        ordered = sorted(self.seconds)
        return {
            "requests": len(ordered),
            "failed": self.failed,
            "per second": round(len(ordered) / self.took, 1),
            "median ms": round(statistics.median(ordered) * 1_000, 2),
            "p99 ms": round(ordered[int(0.99 * len(ordered))] * 1_000, 2),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--beside", action="store_true")
    asked = parser.parse_args()
    with database("postgresql") as environment:
        manage(environment, "load_demo")
        manage(environment, "build_signatures")
        port = free_port()
        settings = {"PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
        server = start(environment | settings, Path(os.devnull))
        try:
            wait_until_up(port)
            report = measure(port, server, asked)
            if asked.beside:
                report |= measure_beside(port, environment, asked)
            print(json.dumps(report, indent=2))
        finally:
            server.terminate()
            server.wait()


def measure(
    port: int, server: subprocess.Popen[bytes], asked: argparse.Namespace
) -> dict[str, object]:
    questions = [prediction(number) for number in range(500)]
    run(port, questions, 500, asked.connections)
    before = memory(server)
    health = run(port, [b"GET /healthz HTTP/1.1"], asked.requests, asked.connections)
    predicted = run(port, questions, asked.requests, asked.connections)
    return {
        "healthz": health.summary(),
        "predictions": predicted.summary(),
        "share of healthz": round(health.took / predicted.took, 3),
        "workers' MB before": before,
        "workers' MB after": memory(server),
    }


def measure_beside(
    port: int, environment: dict[str, str], asked: argparse.Namespace
) -> dict[str, object]:
    questions = [prediction(number) for number in range(500)]
    work = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.work_beside"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert work.stdout
    assert work.stdout.readline() == "ready\n"
    beside = run(port, questions, asked.requests, asked.connections)
    work.terminate()
    output = work.communicate()[0]
    return {"predictions beside work": beside.summary(), "work": json.loads(output)}


def prediction(number: int) -> bytes:
    rng = random.Random(number)
    cast = json.loads((FOLDER / "users.json").read_text(encoding="utf-8"))
    group = [person["handle"] for person in rng.sample(cast, 4)]
    lines = (FOLDER / f"{group[0].lower()}.jsonl").read_text(encoding="utf-8")
    text = json.loads(rng.choice(lines.splitlines()))["text"]
    body = json.dumps({"text": text, "users": group}).encode()
    return (
        b"POST /api/v1/predictions HTTP/1.1\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {len(body)}\r\n".encode()
        + b"\r\n"
        + body
    )


def run(port: int, questions: list[bytes], requests: int, connections: int) -> Outcome:
    """Asks so many questions over so many connections at once."""
    outcome = Outcome()

    async def everything() -> None:
        numbers = iter(range(requests))
        workers = [ask(port, questions, numbers, outcome) for _ in range(connections)]
        await asyncio.gather(*workers)

    started = time.perf_counter()
    asyncio.run(everything())
    outcome.took = time.perf_counter() - started
    return outcome


async def ask(
    port: int, questions: list[bytes], numbers: object, outcome: Outcome
) -> None:
    reader = writer = None
    for number in numbers:  # type: ignore[attr-defined]
        head, _, body = questions[number % len(questions)].partition(b"\r\n")
        request = head + b"\r\nHost: localhost\r\n" + (body or b"\r\n")
        started = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            keep = await answered(reader, outcome)
        except (OSError, asyncio.IncompleteReadError):
            outcome.failed += 1
            keep = False
        outcome.seconds.append(time.perf_counter() - started)
        if not keep and writer is not None:
            writer.close()
            writer = None


async def answered(reader: asyncio.StreamReader, outcome: Outcome) -> bool:
    """Reads one answer; whether the connection stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    outcome.failed += not head.startswith(b"HTTP/1.1 200")
    return b"connection: close" not in lower


def memory(server: subprocess.Popen[bytes]) -> list[float]:
    workers = psutil.Process(server.pid).children()
    return [round(worker.memory_info().rss / 2**20, 1) for worker in workers]


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
