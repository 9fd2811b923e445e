"""The settings of a site that has an address which always fails."""

from hypotweet_site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.faulty_urls"
