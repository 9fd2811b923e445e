from django.urls import path

from tweets import views

app_name = "tweets"
urlpatterns = [
    path("users.json", views.find_users, name="find-users"),
    path("users/", views.users, name="users"),
    path("users/<str:handle>/", views.user, name="user"),
]
