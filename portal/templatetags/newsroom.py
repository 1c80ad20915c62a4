"""Template tags for the admin that depend on both apps."""

from django import template
from django.utils.html import format_html, format_html_join
from js_asset import Media

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
    """A sentence that is also for the log, where commands stand between grave accents, as HTML."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:  # one without its other
        return sentence
    pieces = (format_html("<code>{}</code>", part) if n % 2 else part for n, part in enumerate(parts))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.inclusion_tag("admin/_desk.html", takes_context=True)
def desk(context):
    """Links to the pending work of the current user, what waits for it, and how much is read."""
    user = context["request"].user
    return {
        "waiting": desk_of(user),
        "parts": [*articles_of(user), *comments_of(user)],
        "figures": figures_of(user),
    }
