"""Settings for every installation; environment variables set what differs."""

import secrets
import sys
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels

from common import logs
from hypotweet_site.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

ENVIRONMENT = Environment()
ENVIRONMENT.read_file(BASE_DIR / ".env")

DEBUG = ENVIRONMENT.flag("DEBUG")
SECRET_KEY = ENVIRONMENT.text("SECRET_KEY") or ("insecure, for debugging" * DEBUG)
if not SECRET_KEY:
    ENVIRONMENT.complain(
        "E001",
        "SECRET_KEY is not set.",
        "`make run` writes one into .env; elsewhere set 50 random characters.",
    )
    # Commands such as `check` must run to report it; the server refuses to start.
    SECRET_KEY = secrets.token_urlsafe(50)
ALLOWED_HOSTS = ENVIRONMENT.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.names("CSRF_TRUSTED_ORIGINS")
PORT = ENVIRONMENT.integer("PORT", 8000, 1, 65535)
TESTING = "pytest" in sys.modules
HTTPS_ONLY = ENVIRONMENT.flag("HTTPS_ONLY", not DEBUG)

# The site's own settings
X_BEARER_TOKEN = ENVIRONMENT.text("X_BEARER_TOKEN")
X_API_BASE_URL = ENVIRONMENT.web_address("X_API_BASE_URL", "https://api.twitter.com")
# Posts to read from X, at most; no limit unless set
X_DAILY_POSTS = ENVIRONMENT.count("X_DAILY_POSTS")
X_MONTHLY_POSTS = ENVIRONMENT.count("X_MONTHLY_POSTS")
SPACY_PIPELINE = ENVIRONMENT.text("SPACY_PIPELINE", "blank:en") or "blank:en"
RATE_LIMIT_ANON = ENVIRONMENT.rate("RATE_LIMIT_ANON", "60/m")
RATE_LIMIT_KEY = ENVIRONMENT.rate("RATE_LIMIT_KEY", "600/m")
ANONYMOUS_API = ENVIRONMENT.flag("ANONYMOUS_API", True)
ALLOW_SIGNUP = ENVIRONMENT.flag("ALLOW_SIGNUP")
METRICS = ENVIRONMENT.metrics("METRICS")
BATCH_DAYS = ENVIRONMENT.integer("BATCH_DAYS", 7, 1, 366)
SENTRY_DSN = ENVIRONMENT.text("SENTRY_DSN")
TRUSTED_PROXIES = ENVIRONMENT.integer("TRUSTED_PROXIES", 0, 0, 9)

INSTALLED_APPS = [
    "hypotweet_site",
    "prediction",
    "tweets",
    "accounts",
    "common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_guid",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
]

MIDDLEWARE = [
    # The first ones also add headers to static files and to rejected requests.
    "common.http.request_ids.RequestIdMiddleware",
    "django_guid.middleware.guid_middleware",
    "hypotweet_site.operations.metrics.MetricsMiddleware",
    "common.http.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.http.https.HttpsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.http.https.SecureCookiesMiddleware",
    "common.http.problems.ProblemsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.audit.actors.ActorMiddleware",
    "common.http.body_limit.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.lockout.KnownBrowserMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "common.http.later.LaterMiddleware",
]

ROOT_URLCONF = "hypotweet_site.urls"
WSGI_APPLICATION = "hypotweet_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database
DATABASE_IS_NAMED = bool(ENVIRONMENT.text("DATABASE_URL"))
DATABASES = {
    "default": ENVIRONMENT.database(
        "DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        # Writers queue at BEGIN instead of failing at their first write.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    if not (DEBUG or TESTING) and ENVIRONMENT.is_bypassed("DATABASE_URL"):
        DATABASES = {}  # every use fails
else:
    DATABASES["default"] |= {
        "ENGINE": "hypotweet_site.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts
AUTH_USER_MODEL = "accounts.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.lockout.SlowingBackend",
    "django.contrib.auth.backends.ModelBackend",
]
MAX_KEYS_PER_ACCOUNT = 20
# Any of these makes the scope `manage` of an API key useful.
MANAGE_PERMISSIONS = ("tweets.add_user", "tweets.change_user")
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
API_DOCS = "api:openapi-view"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "accounts:own"
LOGOUT_REDIRECT_URL = "prediction:home"

# Limits as pairs of requests and seconds
SIGN_UPS_PER_ADDRESS = (10, 3600)
RESETS_PER_ADDRESS = (10, 3600)
RESETS_PER_MAILBOX = (3, 3600)

# Attempts to sign in by browsers that have not signed in to the account before
SIGN_INS_PER_ADDRESS = [(20, 60), (200, 3600)]
SIGN_INS_PER_ACCOUNT = (50, 900)
LOCKOUT_MAILS_PER_ACCOUNT = (1, 86_400)

# Ten wrong passwords lock an account, for the network they came from, for a quarter of
# an hour.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "common.http.addresses.network_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Saved answers of no account: how many an address may save, and after how many days
# without a visitor they are deleted; 0 keeps them.
SAVES_PER_ADDRESS = (120, 3600)
SAVED_ANSWER_DAYS = ENVIRONMENT.integer("SAVED_ANSWER_DAYS", 90, 0, 36_500)
MAX_SAVED_PER_ACCOUNT = 10_000

# How often deploy/ has X asked about everything that is stored, and for how many days
# after that tweets of whoever X no longer shows are kept, hidden
DELETION_CHECK_DAYS = ENVIRONMENT.integer("DELETION_CHECK_DAYS", 7, 1, 365)
REMOVAL_GRACE_DAYS = ENVIRONMENT.integer("REMOVAL_GRACE_DAYS", 14, 0, 365)

# For how many days the audit keeps the addresses from which changes were made, and a
# merge can be undone
AUDIT_ADDRESS_DAYS = 90
MERGE_UNDO_DAYS = 30

# Whom to write to: an address of mail or of a web page
SECURITY_CONTACT = ENVIRONMENT.contact("SECURITY_CONTACT")
PRIVACY_CONTACT = ENVIRONMENT.contact("PRIVACY_CONTACT")

# E-mail
vars().update(ENVIRONMENT.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = ENVIRONMENT.text("EMAIL_FROM", "HypoTweet <noreply@localhost>")

# Files that can be rebuilt at any time
INDEX_DIR = Path(ENVIRONMENT.text("INDEX_DIR", str(BASE_DIR / "var")))

# Who was erased or opted out, for restores of older backups
ERASURES_FILE = Path(
    ENVIRONMENT.text("ERASURES_FILE", str(BASE_DIR / "var" / "erasures.jsonl"))
)

# The folder of the backups, whose age doctor watches; `off` where others watch them
BACKUP_DIR = ENVIRONMENT.text("BACKUP_DIR")

# Background work
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "builds"],
    }
}

# 500 of the longest texts in JSON that escapes every character
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20

# Uploads of files: where they are kept until they are imported, their size, and the
# permission for each address
UPLOAD_DIR = Path(ENVIRONMENT.text("UPLOAD_DIR", str(BASE_DIR / "var" / "uploads")))
MAX_UPLOAD_BYTES = 100 * 2**20
UPLOAD_PATHS = {
    "/admin/tweets/upload/add/": "tweets.add_upload",
    "/api/v1/imports": None,
}

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": ENVIRONMENT.storage(
        "UPLOAD_STORAGE",
        {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": UPLOAD_DIR,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        },
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "hypotweet_site.static_files.HashedStaticFiles"
        )
    },
}

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_SSL_REDIRECT = HTTPS_ONLY
# Load balancers and Prometheus use plain http on the internal network.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
SECURE_HSTS_SECONDS = ENVIRONMENT.integer(
    "HSTS_SECONDS", 30 * 86_400 * HTTPS_ONLY, 0, 2 * 366 * 86_400
)
# HSTS for subdomains and preloading are decisions of the whole domain (W005, W021).
# HttpsMiddleware is a subclass of the middleware that W001 looks for.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W005", "security.W021"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

MESSAGE_TAGS = {message_levels.ERROR: "error"}

# Request ids
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    # RequestIdMiddleware has checked them.
    "VALIDATE_GUID": False,
    "EXPOSE_HEADER": False,
    "UUID_LENGTH": 16,
}

# Hidden in log lines
SECRETS = [
    SECRET_KEY,
    X_BEARER_TOKEN,
    SENTRY_DSN,
    "" if METRICS == "loopback" else METRICS,
    str(DATABASES.get("default", {}).get("PASSWORD", "")),
    str(vars().get("EMAIL_HOST_PASSWORD", "")),
]
LOGGING = logs.configuration(
    ENVIRONMENT.choice("LOG_FORMAT", "PLAIN", ["PLAIN", "JSON"]),
    ENVIRONMENT.choice(
        "LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    ),
    SECRETS,
)
