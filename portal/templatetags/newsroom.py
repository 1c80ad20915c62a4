"""Tags of the admin's templates, which know both apps."""

from django import template
from js_asset import Media

from comments.models import Comment
from news.models import Article

register = template.Library()

COUNTED_AT_MOST = 100


@register.simple_tag(takes_context=True)
def media_with_nonce(context, media):
    """A form's scripts and styles, with the page's nonce on the editor's import map, which is an inline script.
    From Django 6 on the admin's own templates do this."""
    if not isinstance(media, Media):
        media = Media.from_media(media)
    return media.with_nonce(str(context["request"].csp_nonce)).render()


@register.inclusion_tag("admin/_desk.html", takes_context=True)
def desk(context):
    """What waits for this user, with the way there."""
    user = context["request"].user
    waiting = []
    if user.has_perm("news.add_article"):
        waiting.append(("Tulis berita", "/admin/news/article/add/", None))
    if user.has_perm("news.change_article"):
        for status, label in ((Article.Status.REVIEW, "Menunggu pemeriksaan"), (Article.Status.DRAFT, "Draf")):
            address = f"/admin/news/article/?status__exact={status}"
            waiting.append((label, address, _count(Article.objects.filter(status=status))))
    if user.has_perm("comments.moderate_comment"):
        address = "/admin/comments/comment/"
        waiting.append(("Komentar menunggu", address, _count(Comment.objects.waiting())))
    return {"waiting": waiting}


def _count(queryset) -> str:
    number = queryset[: COUNTED_AT_MOST + 1].count()
    return f"{COUNTED_AT_MOST}+" if number > COUNTED_AT_MOST else str(number)
