from django.urls import path

from tweets import views

app_name = "tweets"
urlpatterns = [
    path("users/", views.users, name="users"),
    path("users/<str:handle>/", views.user, name="user"),
]
