from django.urls import path

from prediction.views import home, saved

app_name = "prediction"
urlpatterns = [
    path("", home.home, name="home"),
    path("predict/", home.predict, name="predict"),
    path("closest/", home.closest, name="closest"),
    path("surprise/", home.surprise, name="surprise"),
    path("surprise.json", home.surprise_people, name="surprise-people"),
    path("p/", saved.create, name="save"),
    path("p/<slug:slug>/", saved.show, name="saved"),
    path("p/<slug:slug>/feedback/", saved.feedback, name="feedback"),
]
