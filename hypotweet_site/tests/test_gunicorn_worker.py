"""The worker relies on a method of gunicorn's. tests/faults shows what it is for."""

import importlib

import pytest
from gunicorn.workers.gthread import ThreadWorker

from hypotweet_site import gunicorn_worker


def test_it_refuses_to_load_where_gunicorn_lacks_the_method(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(ThreadWorker, "set_accept_enabled")
    with pytest.raises(ImportError, match="gunicorn 24"):
        importlib.reload(gunicorn_worker)
