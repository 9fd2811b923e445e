"""Static pages."""

from django.urls import path
from django.views.generic import TemplateView

app_name = "pages"
urlpatterns = [
    path(
        "how-it-works/",
        TemplateView.as_view(template_name="pages/how_it_works.html"),
        name="how-it-works",
    ),
    path(
        "responsible-use/",
        TemplateView.as_view(template_name="pages/responsible_use.html"),
        name="responsible-use",
    ),
]
