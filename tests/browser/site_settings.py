"""The settings of the site that the browser looks at, error pages within reach."""

from hypotweet_site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.error_urls"
# The sources of static files, not what `collectstatic` may once have left.
STATIC_ROOT = BASE_DIR / "var" / "nothing-collected"  # noqa: F405
