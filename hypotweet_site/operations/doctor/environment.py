"""Checks of the settings."""

import re

from django.conf import settings
from django.core.checks import ERROR, run_checks

from hypotweet_site.operations.doctor.finding import Finding, State

SHORTEST_KEY = 50
PLACEHOLDER = re.compile(r"\bexample\.(org|com|net)\b|@localhost\b", re.IGNORECASE)
X_TOKEN = re.compile(r"[A-Za-z0-9%_-]{50,}")


def settings_are_valid() -> Finding:
    errors = [e for e in run_checks(tags=["hypotweet"]) if e.level >= ERROR]
    if errors:
        message = "; ".join(str(error.msg) for error in errors)
        return Finding("settings", State.PROBLEM, message, str(errors[0].hint))
    if settings.DEBUG:
        fix = "Set DEBUG=off: error pages show code and settings to visitors."
        return Finding("settings", State.WARNING, "DEBUG is on.", fix)
    return Finding("settings", State.OK, "Every setting is valid.")


def secret_key() -> Finding:
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) >= 5:
        return Finding("secret key", State.OK, f"{len(key)} characters.")
    command = "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    return Finding(
        "secret key",
        State.WARNING if settings.DEBUG else State.PROBLEM,
        "Too short to be safe.",
        f"Set SECRET_KEY to the output of: {command}",
    )


def https() -> Finding:
    if settings.DEBUG:
        return Finding("https", State.OK, "Not required while DEBUG is on.")
    if not settings.HTTPS_ONLY:
        fix = "Set HTTPS_ONLY=on once a proxy serves the site over https."
        return Finding("https", State.WARNING, "Passwords are sent unencrypted.", fix)
    if not settings.TRUSTED_PROXIES:
        message = "No proxy is trusted, so behind one every page redirects to itself."
        fix = "Set TRUSTED_PROXIES to the number of proxies in front."
        return Finding("https", State.WARNING, message, fix)
    return Finding(
        "https", State.OK, f"Trusted proxies in front: {settings.TRUSTED_PROXIES}."
    )


def x_token() -> Finding:
    token = settings.X_BEARER_TOKEN
    if not token:
        fix = "Set X_BEARER_TOKEN to follow people on X; files work without it."
        return Finding("X token", State.WARNING, "There is none.", fix)
    if X_TOKEN.fullmatch(token):
        return Finding("X token", State.OK, "Well-formed; not tried on X.")
    fix = "Copy the bearer token of the project, without “Bearer” and quotes."
    return Finding("X token", State.PROBLEM, "Not a bearer token.", fix)


def mail() -> Finding:
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        fix = "Set EMAIL_URL=smtp+tls://user:password@host:587"
        return Finding("mail", State.WARNING, "Mails are printed, not sent.", fix)
    if PLACEHOLDER.search(f"{settings.EMAIL_HOST} {settings.DEFAULT_FROM_EMAIL}"):
        message = "EMAIL_URL or EMAIL_FROM still names an example."
        fix = "Set both to those of your mail server: no mail can arrive."
        return Finding("mail", State.PROBLEM, message, fix)
    return Finding(
        "mail", State.OK, f"Sent through {settings.EMAIL_HOST or 'a backend'}."
    )
