"""How an article will look: beside its form while somebody writes, and behind links for people without an account."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from news import preview_page
from news.admin.typed import numbers, typed
from news.models import Article, PreviewLink
from news.web.admin import person_name


class LinkForm(forms.ModelForm):
    days = forms.TypedChoiceField(
        label="Berlaku", coerce=int, choices=[(days, f"{days} hari") for days in PreviewLink.DAYS], initial=3
    )

    class Meta:
        model = PreviewLink
        fields = ("recipient",)
        help_texts = {"recipient": "Nama atau jabatan, misalnya Kepala Bidang. Tampil di atas pratinjau."}


class PreviewAdmin(admin.ModelAdmin):
    """The part of an article's admin that shows what is not published yet."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("pratinjau/", view(require_POST(self.live_preview)), name="news_preview"),
            path("<int:pk>/pratinjau/", view(self.preview_links), name="news_preview_links"),
            *super().get_urls(),
        ]

    def live_preview(self, request: HttpRequest) -> HttpResponse:
        """The posted form as a page of the site; nothing is stored. `pk`: of the article, if it is stored."""
        found = numbers(request.GET, "pk")
        if found:
            stored = self._changeable(request, found[0])
        elif self.has_add_permission(request):
            stored = None
        else:
            raise PermissionDenied
        article, tags, _, problem = typed(request.POST, stored)
        if problem:
            return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")
        article.title, article.slug = article.title or "(belum ada judul)", "pratinjau"
        about = "Pratinjau: begini berita ini akan tampil. Yang Anda tulis belum tersimpan di sini."
        return preview_page.page(request, article, tags, about)

    def preview_links(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The links of one article, with how often each was opened; makes and revokes them."""
        article = self._changeable(request, pk)
        form = LinkForm(request.POST if "recipient" in request.POST else None)
        if request.method == "POST" and "revoke" in request.POST:
            return self._revoke(request, article)
        if form.is_valid():
            return self._create(request, article, form)
        links = article.preview_links.annotate(visited=Count("visits"), visited_at=Max("visits__at"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Tautan pratinjau: {article}",
            "opts": self.opts,
            "article": article,
            "form": form,
            "links": [(link, request.build_absolute_uri(reverse("preview", args=[link.token]))) for link in links],
        }
        return TemplateResponse(request, "admin/news/article/preview_links.html", context)

    def _changeable(self, request: HttpRequest, pk) -> Article:
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article

    def _create(self, request, article, form) -> HttpResponse:
        link = form.save(commit=False)
        link.article, link.by, link.by_name = article, request.user, person_name(request.user)[:150]
        link.last_for(form.cleaned_data["days"])
        link.save()
        self.log_change(request, article, f"Tautan pratinjau dibuat untuk {link.recipient}.")
        self.message_user(request, f"Tautan untuk {link.recipient} siap disalin di bawah.", messages.SUCCESS)
        return redirect("admin:news_preview_links", article.pk)

    def _revoke(self, request, article) -> HttpResponse:
        link = get_object_or_404(article.preview_links, pk__in=numbers(request.POST, "revoke"))
        link.revoke()
        self.log_change(request, article, f"Tautan pratinjau untuk {link.recipient} dicabut.")
        self.message_user(request, f"Tautan untuk {link.recipient} tidak berlaku lagi.", messages.SUCCESS)
        return redirect("admin:news_preview_links", article.pk)
