"""Closing former versions of an article: what must not be kept is emptied, and its public page says why."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from news.admin.history import HistoryAdmin
from news.models import Article, Change
from news.web.admin import person_name


class ClosingForm(forms.Form):
    reason = forms.ChoiceField(
        label="Alasan",
        choices=[("", "Pilih alasan"), *Change.Closed.choices],
        error_messages={"required": "Pilih alasannya: halaman perubahan itu menyebutkannya kepada pembaca."},
    )
    earlier = forms.BooleanField(
        label="Tutup juga semua versi sebelumnya",
        required=False,
        initial=True,
        help_text="Yang tidak boleh terbaca biasanya ada juga di versi-versi sebelum ini.",
    )


class ClosesVersions(HistoryAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view(self.close_version)
        return [path("<int:pk>/history/<int:change>/tutup/", view, name="news_close_version"), *super().get_urls()]

    @transaction.atomic
    def close_version(self, request: HttpRequest, pk: int, change: int):
        article = get_object_or_404(self.get_queryset(request).select_for_update(of=["self"]), pk=pk)
        if not request.user.has_perm("news.publish_article"):
            raise PermissionDenied
        version = get_object_or_404(Change.objects.of(article), pk=change)
        if not version.kept_texts:
            raise Http404
        form = ClosingForm(request.POST or None)
        if form.is_valid() and self._close(request, article, version, form):
            return redirect("admin:news_article_history", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Tutup versi: {article}",
            "opts": self.opts,
            "object": article,
            "version": version,
            "form": form,
        }
        return TemplateResponse(request, "admin/news/article/close_version.html", context)

    def _close(self, request: HttpRequest, article: Article, version: Change, form: ClosingForm) -> bool:
        versions = [version]
        if form.cleaned_data["earlier"]:
            older = Change.objects.of(article).filter(pk__lt=version.pk)
            versions += [each for each in older if each.kept_texts and not each.is_shown_by(article)]
        try:
            with transaction.atomic():
                for each in versions:
                    each.close(article, form.cleaned_data["reason"], person_name(request.user))
        except ValidationError as error:
            form.add_error(None, error)
            return False
        self.message_user(request, f"Ditutup: {len(versions)} versi. Naskahnya sudah dihapus.", messages.SUCCESS)
        return True
