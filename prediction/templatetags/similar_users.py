"""Tags for pages about one user: style profile, similar users, cluster."""

from django import template

from prediction.pages.person import StyleProfile, style_profile
from prediction.serving import style_map
from prediction.serving.style_map import Cluster
from tweets.models import User

register = template.Library()


@register.simple_tag
def similar_to(user: User) -> list[User]:
    return style_map.neighbours(user)


@register.simple_tag
def style_profile_of(user: User) -> StyleProfile | None:
    return style_profile(user)


@register.simple_tag
def cluster_of(user: User) -> Cluster | None:
    return style_map.cluster_of(user)
