"""The settings of the site that the browser looks at, error pages within reach."""

from hypotweet_site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.error_urls"
