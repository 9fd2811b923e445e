"""What the models know of a user, for pages about that user."""

from django import template

from prediction import similar
from prediction.portrait import Portrait, portrait
from prediction.similar import Cluster
from tweets.models import User

register = template.Library()


@register.simple_tag
def similar_to(user: User) -> list[User]:
    return similar.neighbours(user)


@register.simple_tag
def portrait_of(user: User) -> Portrait | None:
    return portrait(user)


@register.simple_tag
def cluster_of(user: User) -> Cluster | None:
    return similar.cluster_of(user)
