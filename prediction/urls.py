from django.urls import path

from prediction.pages import (
    account,
    batch,
    card,
    guess,
    home,
    saved,
    style_map,
    voice,
    would,
)

app_name = "prediction"
urlpatterns = [
    path("", home.home, name="home"),
    path("predict/", home.predict, name="predict"),
    path("predict/why/", home.why, name="why"),
    path("surprise/", home.surprise, name="surprise"),
    path("surprise.json", home.surprise_people, name="surprise-people"),
    path("p/", saved.create, name="save"),
    path("p/<slug:slug>/", saved.show, name="saved"),
    path("p/<slug:slug>/card.png", card.card, name="card"),
    path("p/<slug:slug>/feedback/", saved.feedback, name="feedback"),
    path(
        "account/predictions/<slug:slug>/delete/", account.delete, name="delete-saved"
    ),
    path("voice/", voice.voice, name="voice"),
    path("batch/", batch.batch, name="batch"),
    path("guess/", guess.show, name="guess"),
    path("guess/answer/", guess.guess, name="take-guess"),
    path("guess/next/", guess.next_round, name="next-round"),
    path("users/<str:handle>/would/", would.would, name="would"),
    path("compare/", style_map.compare, name="compare"),
]
