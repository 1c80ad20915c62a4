"""Template tags for the admin that depend on both apps."""

from django import template
from js_asset import Media

from news import pieces
from portal.admin import desk_of
from portal.desk import articles_of, comments_of, figures_of

register = template.Library()


@register.simple_tag(takes_context=True)
def media_with_nonce(context, media):
    """A form's scripts and styles, with the page's nonce on the editor's import map, an inline script.

    Since Django 6 the admin's own templates do this."""
    if not isinstance(media, Media):
        media = Media.from_media(media)
    return media.with_nonce(str(context["request"].csp_nonce)).render()


@register.filter
def with_commands(sentence):
    """See news.pieces."""
    return pieces.with_commands(sentence)


@register.inclusion_tag("admin/_desk.html", takes_context=True)
def desk(context):
    """Links to the pending work of the current user, what waits for it, and how much is read."""
    user = context["request"].user
    return {
        "waiting": desk_of(user),
        "parts": [*articles_of(user), *comments_of(user)],
        "figures": figures_of(user),
    }
