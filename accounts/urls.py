from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.own, name="own"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("password/", views.ChangePassword.as_view(), name="change-password"),
    path("reset/", views.AskForReset.as_view(), name="ask-for-reset"),
    path("reset/sent/", views.ResetSent.as_view(), name="reset-sent"),
    path("reset/<uidb64>/<token>/", views.ConfirmReset.as_view(), name="reset-confirm"),
    path("keys/", views.make_key, name="make-key"),
    path("keys/<int:pk>/revoke/", views.revoke_key, name="revoke-key"),
    path(
        "predictions/<slug:slug>/delete/",
        views.delete_prediction,
        name="delete-prediction",
    ),
]
