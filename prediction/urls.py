from django.urls import path

from prediction.pages import account, home, voice, would
from prediction.pages.batch import pages as batch
from prediction.pages.game import daily, free, results
from prediction.pages.map import page as map_page
from prediction.pages.pictures import card
from prediction.pages.saved import embedding
from prediction.pages.saved import page as saved
from prediction.pages.saved import voice as saved_voice

app_name = "prediction"
urlpatterns = [
    path("", home.home, name="home"),
    path("predict/", home.predict, name="predict"),
    path("predict/why/", home.why, name="why"),
    path("surprise/", home.surprise, name="surprise"),
    path("surprise.json", home.surprise_people, name="surprise-people"),
    path("p/", saved.create, name="save"),
    path("p/voice/", saved_voice.create, name="save-voice"),
    path("p/<slug:slug>/", saved.show, name="saved"),
    path("p/<slug:slug>/embed/", embedding.embed, name="embed"),
    path("oembed", embedding.oembed, name="oembed"),
    path("p/<slug:slug>/card.png", card.card, name="card"),
    path("p/<slug:slug>/delete/", saved.delete, name="delete-own"),
    path("p/<slug:slug>/feedback/", saved.feedback, name="feedback"),
    path(
        "account/predictions/<slug:slug>/delete/", account.delete, name="delete-saved"
    ),
    path("voice/", voice.voice, name="voice"),
    path("batch/", batch.ask, name="batch"),
    path("batch/<slug:slug>/", batch.result, name="batch-result"),
    path("batch/<slug:slug>/delete/", batch.delete, name="batch-delete"),
    path(
        "batch/<slug:slug>/hypotweet.<str:kind>",
        batch.download,
        name="batch-download",
    ),
    path("guess/", daily.show, name="guess"),
    path("guess/answer/", daily.guess, name="take-guess"),
    path("guess/free/", free.begin, name="free-play"),
    path("guess/free/<str:token>/", free.play, name="free-round"),
    path("guess/result/<str:token>/", results.result, name="game-result"),
    path("guess/result/<str:token>/card.png", results.card, name="game-card"),
    path("users/<str:handle>/would/", would.would, name="would"),
    path("compare/", map_page.compare, name="compare"),
]
