"""What the models know of a user, for pages about that user."""

from django import template

from prediction.pages.person import Portrait, portrait
from prediction.serving import style_map
from prediction.serving.style_map import Cluster
from tweets.models import User

register = template.Library()


@register.simple_tag
def similar_to(user: User) -> list[User]:
    return style_map.neighbours(user)


@register.simple_tag
def portrait_of(user: User) -> Portrait | None:
    return portrait(user)


@register.simple_tag
def cluster_of(user: User) -> Cluster | None:
    return style_map.cluster_of(user)
