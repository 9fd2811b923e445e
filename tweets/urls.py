from django.urls import path

from tweets.pages import avatars, people, person, staff

app_name = "tweets"
urlpatterns = [
    path("users.json", people.find_users, name="find-users"),
    path("users/", people.users, name="users"),
    path("users/<str:handle>/", person.user, name="user"),
    path(
        "users/<str:handle>/<slug:digest>.webp",
        avatars.image,
        name="avatar",
    ),
    path("staff/users/add/", staff.add_users, name="add-users"),
    path(
        "staff/users/<str:handle>/refresh/",
        staff.refresh_user,
        name="refresh-user",
    ),
]
