from django.contrib import admin
from django.urls import include, path

from hypotweet_site.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("hypotweet_site.pages")),
    path("", include("prediction.urls")),
    path("", include("tweets.urls")),
]
