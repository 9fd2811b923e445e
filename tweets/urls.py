from django.urls import path

from tweets import staff_views, views

app_name = "tweets"
urlpatterns = [
    path("users.json", views.find_users, name="find-users"),
    path("users/", views.users, name="users"),
    path("users/<str:handle>/", views.user, name="user"),
    path("staff/users/add/", staff_views.add_users, name="add-users"),
    path(
        "staff/users/<str:handle>/refresh/",
        staff_views.refresh_user,
        name="refresh-user",
    ),
]
