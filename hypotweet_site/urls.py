from django.contrib import admin
from django.urls import include, path

from hypotweet_site.api import api
from hypotweet_site.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("", include("hypotweet_site.pages")),
    path("", include("prediction.urls")),
    path("", include("tweets.urls")),
]
