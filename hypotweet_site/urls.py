from django.contrib import admin
from django.urls import include, path

from hypotweet_site.api.assembly import api
from hypotweet_site.operations.health import healthz, readyz
from hypotweet_site.operations.metrics import metrics

handler500 = "hypotweet_site.server_error.server_error"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("", include("hypotweet_site.pages")),
    path("", include("prediction.urls")),
    path("", include("tweets.urls")),
]
