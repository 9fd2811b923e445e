"""Reads settings from environment variables.

An invalid value never stops Django from loading: the default is used instead, and a
system check reports the error and how to fix it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import environ
from django.core.exceptions import ImproperlyConfigured

SHORTEST_TOKEN = 20
# The settings of the site that is deployed on this machine, if there is one
MACHINE_FILE = Path("/etc/hypotweet.env")
SUPPORTED_DATABASES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}


@dataclass(frozen=True)
class Misconfiguration:
    """An environment variable with an invalid value."""

    id: str
    message: str
    hint: str


@dataclass
class Environment:
    """Typed access to environment variables. Errors are collected in `problems`."""

    env: environ.Env = field(default_factory=environ.Env)
    problems: list[Misconfiguration] = field(default_factory=list)

    def read_file(self, path: Path) -> None:
        """Read a .env file if it exists; real variables override it."""
        if path.is_file():
            environ.Env.read_env(path)

    def text(self, name: str, default: str = "") -> str:
        return str(self.env.str(name, default=default)).strip()

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self._convert(name, "E002", _flag, default, "Use one of: on, off."))

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        hint = f"Use a whole number from {low} to {high}."
        number = self._convert(name, "E003", int, default, hint)
        if low <= number <= high:
            return int(number)
        self.complain("E003", f"{name}={number} is out of range.", hint)
        return default

    def count(self, name: str) -> int | None:
        """Return a whole number from 0 on; None if it is not set.

        Any other value counts as 0: a typing error must not cost money.
        """
        value = self.text(name).replace(",", "").replace("_", "")
        if not value or (value.isascii() and value.isdigit()):
            return int(value) if value else None
        self.complain("E012", f"{name} is no whole number.", "For example 10000.")
        return 0

    def names(self, name: str, default: str = "") -> list[str]:
        """Return a list that is separated by commas."""
        return [
            part.strip() for part in self.text(name, default).split(",") if part.strip()
        ]

    def choice(self, name: str, default: str, allowed: list[str]) -> str:
        value = self.text(name, default).upper() or default
        if value in allowed:
            return value
        self.complain(
            "E004",
            f"{name}={value!r} is unknown.",
            f"Use one of: {', '.join(allowed)}.",
        )
        return default

    def database(self, name: str, default: str) -> dict[str, Any]:
        hint = "For example postgres://user:password@localhost:5432/hypotweet"
        config = self._convert(name, "E005", _database, _database(default), hint)
        return dict(config)

    def is_bypassed(self, name: str) -> bool:
        """Complain if this machine's site names its database, and this process does
        not know it."""
        if self.text(name) or not MACHINE_FILE.exists():
            return False
        self.complain(
            "E013",
            f"{name} is not set: the settings in {MACHINE_FILE} are not loaded.",
            "Run `hypotweet COMMAND` instead of `python manage.py COMMAND`. To work on "
            f"a file of SQLite on purpose, name it: {name}=sqlite:////path/to/file",
        )
        return True

    def metrics(self, name: str) -> str:
        """Return who may read metrics: "" for nobody, "loopback", or a secret token."""
        value = self.text(name)
        if value.lower() in {"", "off"}:
            return ""
        if value.lower() == "loopback":
            return "loopback"
        if len(value) >= SHORTEST_TOKEN:
            return value
        hint = f"off, loopback, or a token of {SHORTEST_TOKEN} characters or more."
        self.complain("E009", f"{name} is too short for a token.", hint)
        return ""

    def web_address(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/") or default
        if re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
            return value
        self.complain("E006", f"{name} is not a web address.", f"For example {default}")
        return default

    def rate(self, name: str, default: str) -> tuple[int, int] | None:
        """Return a limit such as 60/m as (requests, seconds), or None for `off`."""
        value = self.text(name, default) or default
        if value.lower() == "off":
            return None
        hint = "A number, a slash and s, m or h: 60/m is sixty a minute. Or off."
        requests, seconds = self._convert(name, "E007", _rate, _rate(default), hint)
        return requests, seconds

    def contact(self, name: str) -> str:
        """Return where to write to, as a URI; empty if it is not set."""
        value = self.text(name)
        if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", value):
            return f"mailto:{value}"
        if not value or re.fullmatch(r"(https://|mailto:)\S+", value):
            return value
        hint = "A mail address, or an address that begins with https:// or mailto:."
        self.complain("E011", f"{name} is no address to write to.", hint)
        return ""

    def storage(self, name: str, default: dict[str, Any]) -> dict[str, Any]:
        """Return an entry of STORAGES from a class and its options, as in
        `storages.backends.s3.S3Storage?bucket_name=uploads`."""
        hint = "An installed class and its options: package.module.Class?option=value"
        return dict(self._convert(name, "E015", _storage, default, hint))

    def email(self, name: str) -> dict[str, Any]:
        """Return Django's settings for e-mail; by default, mails are printed."""
        default = {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
        hint = "For example smtp+tls://user:password@mail.example.org:587"
        return dict(self._convert(name, "E008", _email, default, hint))

    def complain(self, number: str, message: str, hint: str) -> None:
        self.problems.append(Misconfiguration(f"hypotweet.{number}", message, hint))

    def _convert(
        self,
        name: str,
        number: str,
        convert: Callable[[str], Any],
        default: Any,
        hint: str,
    ) -> Any:
        raw = self.text(name)
        if not raw:
            return default
        try:
            return convert(raw)
        except (ValueError, KeyError, ImportError, ImproperlyConfigured):
            # The message leaves out the value, which may contain a password.
            self.complain(number, f"{name} cannot be read.", hint)
            return default


def _flag(raw: str) -> bool:
    value = raw.lower()
    if value in {"on", "1", "true", "yes"}:
        return True
    if value in {"off", "0", "false", "no"}:
        return False
    raise ValueError(raw)


def _rate(raw: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,9})/([smh])", raw)
    if not found:
        raise ValueError(raw)
    return int(found[1]), {"s": 1, "m": 60, "h": 3600}[found[2]]


def _database(raw: str) -> dict[str, Any]:
    config = environ.Env.db_url_config(raw)
    if config.get("ENGINE") not in SUPPORTED_DATABASES or not config.get("NAME"):
        raise ValueError("neither SQLite nor PostgreSQL")
    return dict(config)


def _storage(raw: str) -> dict[str, Any]:
    backend, _, query = raw.partition("?")
    module = backend.rpartition(".")[0]
    # Django loads the class with the models, where an error would have no explanation.
    if not re.fullmatch(r"\w+(\.\w+)+", backend) or find_spec(module) is None:
        raise ValueError(raw)
    options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    return {"BACKEND": backend, "OPTIONS": options}


def _email(raw: str) -> dict[str, Any]:
    config = environ.Env.email_url_config(raw)
    is_smtp = config["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    if is_smtp and not config["EMAIL_HOST"]:
        raise ValueError("no host")
    return {
        name: value
        for name, value in config.items()
        if name.startswith("EMAIL_") and value not in (None, "")
    }
