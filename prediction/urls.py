from django.urls import path

from prediction import views

app_name = "prediction"
urlpatterns = [
    path("", views.home, name="home"),
    path("predict/", views.predict, name="predict"),
]
