"""Tags for pages about one user: style profile, similar users, cluster,
and which tweets are most like them."""

from django import template

from prediction.pages.person import StyleProfile, style_profile
from prediction.serving.map import style_map
from prediction.serving.map.style_map import Cluster
from prediction.serving.verification.like_themselves import (
    LikeThemselves,
    like_themselves,
)
from tweets.models import User

register = template.Library()


@register.simple_tag
def similar_to(user: User) -> list[User]:
    return style_map.neighbours(user)


@register.simple_tag
def style_profile_of(user: User) -> StyleProfile | None:
    return style_profile(user)


@register.simple_tag
def like_themselves_of(user: User) -> LikeThemselves | None:
    return like_themselves(user)


@register.simple_tag
def cluster_of(user: User) -> Cluster | None:
    return style_map.cluster_of(user)
