from django.urls import path

from accounts import account_page, leaving, passwords, sign_in, sign_up

app_name = "accounts"
urlpatterns = [
    path("", account_page.show, name="own"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("sign-up/", sign_up.sign_up, name="sign-up"),
    path("password/", passwords.ChangePassword.as_view(), name="change-password"),
    path("reset/", passwords.AskForReset.as_view(), name="ask-for-reset"),
    path("reset/sent/", passwords.ResetSent.as_view(), name="reset-sent"),
    path(
        "reset/<uidb64>/<token>/",
        passwords.ConfirmReset.as_view(),
        name="reset-confirm",
    ),
    path("delete/", leaving.leave, name="leave"),
    path("keys/", account_page.make_key, name="make-key"),
    path("keys/<int:pk>/revoke/", account_page.revoke_key, name="revoke-key"),
]
