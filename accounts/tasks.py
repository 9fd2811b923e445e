"""Background tasks: e-mail, so that a page takes equally long for any address."""

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
from common.jobs.privacy import private_arguments


@task()
@private_arguments
def send_reset_mails(email: str, site: str) -> int:
    """Mail a reset link to every account with this address; return how many.

    The link is made here, so that the queue never holds it.
    """
    accounts = cast("list[Account]", list(PasswordResetForm().get_users(email)))
    for account in accounts:
        context = {"account": account, "link": site + _reset_path(account)}
        text = render_to_string("registration/reset_mail.txt", context)
        send_mail(
            "Your password on HypoTweet",
            text,
            settings.DEFAULT_FROM_EMAIL,
            [account.email],
        )
    return len(accounts)


@task()
@private_arguments
def send_lockout_mail(username: str) -> int:
    """Tell the owner of an account that somebody guesses at its password; return how
    many mails that took."""
    owner = Account.objects.filter(username=username, is_active=True).exclude(email="")
    for account in owner:
        send_mail(
            "Wrong passwords for your account on HypoTweet",
            render_to_string("registration/lockout_mail.txt", {"account": account}),
            settings.DEFAULT_FROM_EMAIL,
            [account.email],
        )
    return len(owner)


def _reset_path(account: Account) -> str:
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    token = default_token_generator.make_token(account)
    return reverse("accounts:reset-confirm", args=[uid, token])
