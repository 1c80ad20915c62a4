"""One comment with all its replies."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from comments import threads
from comments.models import Comment
from comments.paths import thread_path
from comments.views.common import no_store, published, unlisted
from news.forms import cursor_of
from news.views.articles import withdrawn_or_404


@require_safe
@no_store
def thread(request, pk):
    """The number of a reply redirects to the comment that it replies to."""
    cursor = cursor_of(request)
    reply = Comment.objects.visible().filter(pk=pk).exclude(parent=None).first()
    if reply:
        return redirect(f"{thread_path(reply.parent_id)}#komentar-{reply.pk}", permanent=True)
    comment = threads.thread(pk)
    if comment is None:
        raise Http404
    article = published(comment["article_id"])
    if article is None:
        return withdrawn_or_404(request, comment["article_id"])
    page = threads.replies(pk, cursor)
    answers = threads.answers(pk) if page.is_first else []
    context = {"article": article, "comment": comment, "answers": answers, "page": page}
    return unlisted(render(request, "comments/thread.html", context))
