"""`{% comments_for article %}`: the comments under an article, and the form. Their parts: `{% threads %}` and
`{% blank_form %}`. `{% comment_html row article "h3" %}`: one of them."""

from django import template

from comments import paths, pieces, threads

register = template.Library()
register.simple_tag(paths.comments_path)
register.simple_tag(paths.captcha_path)
register.simple_tag(pieces.blank_form)
register.simple_tag(pieces.threads)


@register.inclusion_tag("comments/_comments.html")
def comments_for(article):
    page, total = threads.newest(article)
    return {
        "article": article,
        "page": page,
        "count": min(total, threads.COUNTED_AT_MOST),
        "uncounted": total > threads.COUNTED_AT_MOST,
    }


@register.simple_tag
def comment_html(row: dict, article, level: str) -> str:
    return pieces.comment(row, article.pk, level)
