"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class SignIn(views.LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"allow_signup": settings.ALLOW_SIGNUP}

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


@method_decorator(never_cache, name="dispatch")
class SignOut(views.LogoutView):
    http_method_names = ["post", "options"]
