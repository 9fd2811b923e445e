"""A site with three users that can be broken: its processes, database and files."""

import json
import tempfile
import urllib.error
import urllib.request
from functools import lru_cache
from pathlib import Path
from typing import Self

from tests.environment import FOLDER
from tests.installation import Installation
from tests.patience import PATIENCE
from tests.ports import free_port, wait_until_up
from tests.served import start
from tweets.tests.cast import CRITIC, FAN, KEEPER, texts_of


class Site(Installation):
    """Gunicorn as the Procfile starts it, with two workers, until the block ends."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        settings = {
            "PORT": str(self.port),
            "RATE_LIMIT_ANON": "off",
            "WEB_CONCURRENCY": "2",
            "INDEX_DIR": str(folder / "index"),
        }
        after = (("import_tweets", str(_tweets())), ("build_signatures", "--all"))
        super().__init__(folder, after=after, **settings | environment)
        self.folder = folder

    def __enter__(self) -> Self:
        self.server = start(self.environment, self.folder / "log")
        wait_until_up(self.port)
        return self

    def __exit__(self, *error: object) -> None:
        self.server.terminate()
        self.server.wait(timeout=PATIENCE)

    def status_of(self, path: str) -> int:
        """Returns the status of a GET, errors too."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE
            ) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)

    def tweets(self) -> int:
        return self.rows("tweets_tweet")


@lru_cache(maxsize=1)
def _tweets() -> Path:
    return some_tweets(Path(tempfile.mkdtemp(dir=FOLDER)))


def some_tweets(folder: Path) -> Path:
    """Writes a file with twenty tweets of each of three users."""
    path = folder / "some.jsonl"
    lines = [
        json.dumps({"user": handle, "id": number, "text": text})
        for handle in (KEEPER, CRITIC, FAN)
        for number, text in enumerate(texts_of(handle, 20), 1)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
