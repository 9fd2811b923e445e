"""E-mail goes out in the background, so that a page takes as long either way."""

from typing import cast

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

from accounts.models import Account


@task()
def send_reset_mails(email: str, site: str) -> int:
    """Mails a link to every account with this address; returns how many there are.

    The link is made here, so that it never stands in the queue.
    """
    accounts = cast("list[Account]", list(PasswordResetForm().get_users(email)))
    for account in accounts:
        context = {"account": account, "link": site + _path(account)}
        text = render_to_string("registration/reset_mail.txt", context)
        send_mail(
            "Your password on HypoTweet",
            text,
            settings.DEFAULT_FROM_EMAIL,
            [account.email],
        )
    return len(accounts)


def _path(account: Account) -> str:
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    token = default_token_generator.make_token(account)
    return reverse("accounts:reset-confirm", args=[uid, token])
