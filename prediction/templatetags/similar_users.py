"""What the models know of a user, for pages about that user."""

from django import template

from prediction.portrait import Portrait, portrait
from prediction.similar import neighbours
from tweets.models import User

register = template.Library()


@register.simple_tag
def similar_to(user: User) -> list[User]:
    return neighbours(user)


@register.simple_tag
def portrait_of(user: User) -> Portrait | None:
    return portrait(user)
