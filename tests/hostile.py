"""Texts that try to become markup, code or formulas wherever they are shown.

Run as a script in `manage.py shell`, `fill()` puts them into every field of a database.
"""

from typing import Any

# Whatever of these became an element of a page carries this attribute.
MARK = "data-hostile"
HOSTILE = [
    f"<script {MARK}>alert(1)</script>",
    f'"><img src=x onerror=alert(1) {MARK}>',
    f"'><svg onload=alert(1) {MARK}>",
    f"</title><script {MARK}>alert(1)</script>",
    f"</textarea><script {MARK}>alert(1)</script>",
    f"</script><script {MARK}>alert(1)</script>",
    f"]]><script {MARK}>alert(1)</script>",
    f"--><script {MARK}>alert(1)</script><!--",
    f"<iframe srcdoc='<script>parent.alert(1)</script>' {MARK}></iframe>",
    f'<a href="javascript:alert(1)" {MARK}>press me</a>',
    f'<b hx-get="/healthz" hx-trigger="load" {MARK}>htmx</b>',
    f'" hx-get="/healthz" hx-trigger="load" {MARK} x="',
    f"' hx-on:load='alert(1)' {MARK} x='",
    f'" autofocus onfocus="alert(1)" {MARK} x="',
    f'" data-handle="x" data-find="//evil.example" {MARK} "',
    f"<style {MARK}>*{{display:none}}</style>",
    f'<base href="https://evil.example/" {MARK}>',
    f'<meta http-equiv="refresh" content="0;url=https://evil.example" {MARK}>',
    f'<link rel="stylesheet" href="https://evil.example/x.css" {MARK}>',
    f'<form action="https://evil.example" {MARK}><button>go</button></form>',
    f"<math><mi {MARK}>x</mi></math>",
    f"<template {MARK}><p></template>",
    f"&lt;script {MARK}&gt;alert(1)&lt;/script&gt;",
    f"%3Cscript {MARK}%3Ealert(1)%3C/script%3E",
    f"\\u003cscript {MARK}\\u003ealert(1)",
    "javascript:alert(1)",
    "{{ 7|add:7 }} {% debug %} {% csrf_token %}",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} #{alert(1)}",
    "__proto__ constructor toString hasOwnProperty",
    '{"__proto__": {"polluted": true}}',
    "safe \u202e cod.exe txt\u202c \u2066 over \u2069",
    "\u200f\u200e \u061c direction marks",
    "one\x0btwo\x1bthree \x7f \ufffd \ufeff",
    "=HYPERLINK('https://evil.example','x')",
    "+1+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "e\u0301" + "\u0300" * 60 + " zalgo",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f4 family",
    "../../../../etc/passwd %2e%2e%2f",
    "'; DROP TABLE tweets_tweet; --",
    "line one\u2028line two\u2029line three",
]
# Those that a parser of HTML could make something of.
MARKUP = [text for text in HOSTILE if MARK in text]
HANDLES = ["__proto__", "constructor", "0", "x-on.click", "hx-get"]


def fill() -> None:
    """Puts hostile texts wherever the models let them in."""
    from accounts.models import Account, ApiKey, Scope
    from prediction.serving.predictor import predict
    from prediction.serving.saved import save
    from prediction.training import signatures
    from tests.every_url import make_account
    from tweets.models import User

    users = [_user(number, handle) for number, handle in enumerate(HANDLES)]
    signatures.build(User.objects.all())
    account = Account.objects.create(username=HOSTILE[9], first_name=HOSTILE[0])
    for role in ("curator", "superuser"):
        someone = make_account(role)
        someone.first_name = HOSTILE[1]
        someone.set_password("a lamp in the fog")
        someone.save()
        for text in HOSTILE[:10]:
            key = ApiKey(account=someone, name=text[:60], scopes=[Scope.READ])
            ApiKey.objects.issue(key)
    for text in HOSTILE:
        saved = save(
            predict(users, f"{text} said the lamp"), style_only=False, account=someone
        )
        saved.feedback.create(author=users[0], visitor=text[:22])
    _rest(users[0], account)


def _user(number: int, handle: str) -> Any:
    from django.db import connection

    from tweets.models import User
    from tweets.sources.records import TweetRecord
    from tweets.store.ingest import ingest

    user = User.objects.create(
        handle=handle, name=HOSTILE[number][:100], source=User.Source.X
    )
    texts = HOSTILE if number == 0 else [*HOSTILE[number::2], *FILLERS]
    # Imports drop it; PostgreSQL would refuse it.
    nul = "\0" if connection.vendor == "sqlite" else ""
    records = [
        TweetRecord(text=f"{text} {nul} said the lamp", handle=handle, x_id=n + 1)
        for n, text in enumerate(texts)
    ]
    ingest(records, User.Source.FILE)
    user.refresh_from_db()
    return user


FILLERS = [f"tonight number {n} is a quiet night" for n in range(12)]


def _rest(user: Any, account: Any) -> None:
    from axes.models import AccessAttempt, AccessFailureLog, AccessLog
    from django_tasks_db.models import DBTaskResult

    from tweets import tasks
    from tweets.models import Fetch, OptOut, Upload

    for number, text in enumerate(HOSTILE):
        report = {
            "refused": text,
            "format": text,
            "notes": [text],
            "read": 1,
            "stored": 0,
            "skipped": {text: 1},
            "errors": [{"line": 1, "why": text}],
        }
        state = Upload.State.values[number % len(Upload.State.values)]
        Upload.objects.create(name=text, report=report, state=state)
        Fetch.objects.create(user=user, message=text, outcome="failed")
        OptOut.objects.create(handle=f"{number} {text}"[:50])
        seen = {"username": text, "user_agent": text, "path_info": text}
        AccessAttempt.objects.create(
            failures_since_start=1, get_data=text, post_data=text, **seen
        )
        AccessFailureLog.objects.create(**seen)
        AccessLog.objects.create(**seen)
    tasks.refresh_users.enqueue(HOSTILE)
    DBTaskResult.objects.update(traceback="\n".join(HOSTILE), status="FAILED")
