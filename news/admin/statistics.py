"""Statistik: the reads of one article, and where the front page links to it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from news import front_page
from news.models import Article
from news.pageviews import figures
from news.web import dates, plots

DAYS = 30


class StatisticsAdmin(admin.ModelAdmin):
    """Adds the page to the admin of articles; templates/admin/news/article/change_form.html links to it."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.statistics))
        return [path("<int:pk>/statistik/", view, name="news_article_statistics"), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.was_public and may_see(request.user, obj):
            context["statistics_url"] = reverse("admin:news_article_statistics", args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def statistics(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For editors, and for the writer of the article."""
        article = get_object_or_404(Article.objects.for_list().select_related("views"), pk=pk)
        if not self.has_view_permission(request, article) or not may_see(request.user, article):
            raise PermissionDenied
        days = figures.days(DAYS, Article.objects.filter(pk=pk))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Statistik: {article}",
            "opts": self.opts,
            "article": article,
            "total": article.views.total if hasattr(article, "views") else 0,
            "plots": [
                (f"Dibaca, {DAYS} hari", of_days(days, "reads")),
                (f"Pembaca, {DAYS} hari", of_days(days, "readers")),
            ],
            "places": front_page.places_of(article) if article.is_public else [],
        }
        return TemplateResponse(request, "admin/news/article/statistics.html", context)


def may_see(user, article: Article) -> bool:
    """Whether this user may see how often the article is read."""
    return user.has_perm("news.publish_article") or article.is_written_by(user)


def of_days(days: list[figures.Day], what: str) -> plots.Plot:
    """`what`: reads or readers."""
    return plots.columns([(dates.date(day.day), str(day.day.day), getattr(day, what)) for day in days])
