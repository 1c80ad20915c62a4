"""The admin of all comments. Moderators read and decide about them here, but never edit them. Decisions are logged in
Decision: Django's own log would keep names and texts that erasing a comment does not reach."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path

from comments import privacy
from comments.admin import pieces, queue, read_only
from comments.forms import TextField
from comments.models import WORDS, Comment, Decision, Reason, Report
from comments.triage import assessment
from news.admin.pieces import link
from news.web.admin import BoundedListAdmin, containing
from news.web.columns import max_length

DECIDED_AT_MOST = 5_000  # in one batch, as many as the list counts
SHOWN_AT_MOST = 50  # reports, replies and decisions on the page of one comment


class ReportsFilter(admin.SimpleListFilter):
    title = "laporan"
    parameter_name = "laporan"

    def lookups(self, request, model_admin):
        return [("terbuka", "Laporan belum diputuskan"), ("pernah", "Pernah dilaporkan")]

    def queryset(self, request, queryset):
        if self.value() == "terbuka":
            return queryset.filter(pk__in=Report.objects.filter(decision=None).values("comment"))
        return queryset.filter(pk__in=Report.objects.values("comment")) if self.value() == "pernah" else queryset


class WriterFilter(admin.SimpleListFilter):
    title = "penulis"
    parameter_name = "penulis"

    def lookups(self, request, model_admin):
        return [("warga", "Warga"), ("dinas", "Jawaban resmi")]

    def queryset(self, request, queryset):
        if self.value() in ("warga", "dinas"):
            return queryset.filter(office__isnull=self.value() == "warga")
        return queryset


class ArchiveDecisionForm(forms.Form):
    """The decision about one comment, on its page; the buttons are named after the verbs."""

    alasan = forms.ChoiceField(
        label="Alasan penolakan",
        choices=[("", "Pilih alasan"), *Reason.choices],
        required=False,
        error_messages={"invalid_choice": "Alasan itu tidak ada."},
    )
    catatan = TextField(
        label="Catatan untuk penulis",
        max_length=max_length(Decision, "note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "aria-describedby": "catatan-cara"}),
        error_messages={
            "max_length": "Catatan paling panjang %(limit_value)d karakter; catatan Anda %(show_value)d karakter."
        },
    )

    def clean(self):
        cleaned = super().clean()
        if "reject" in self.data and not cleaned.get("alasan"):
            self.add_error("alasan", "Pilih alasan penolakannya: penulis akan membacanya.")
        return cleaned


def _reject_action(reason: Reason):
    """An action for each reason, so that nothing is rejected without one."""

    @admin.action(description=f"Tolak: {reason.label}", permissions=["moderate"])
    def reject(modeladmin, request, queryset):
        rejected = _bounded(queryset).reject(by=request.user, reason=reason)
        modeladmin._show_outcome(request, rejected, "ditolak dan tidak tampil")

    reject.__name__ = f"reject_{reason}"
    return reject


@admin.register(Comment)
class CommentAdmin(BoundedListAdmin):
    list_display = ["comment", "article_link", "state"]
    list_display_links = ["comment"]
    list_filter = ["status", "reason", ReportsFilter, WriterFilter]
    view_on_site = False
    search_fields = ["name", "text"]
    search_help_text = (
        "Cari bagian kata di nama dan isi komentar (satu atau dua huruf: di 5.000 terbaru). "
        "Administrator juga: alamat email yang lengkap"
    )
    actions = ["approve", *map(_reject_action, Reason), "undo", "export", "erase"]
    change_list_template = "comments/admin/archive.html"

    def get_queryset(self, request):
        # Only the article's columns that are shown: otherwise its body would be loaded with every row.
        columns = [field.name for field in Comment._meta.concrete_fields if field.name != "bands"]
        return (
            super().get_queryset(request).select_related("article").only(*columns, "article__title", "article__slug")
        )

    def get_urls(self):
        signals = path("tanda/", self.admin_site.admin_view(read_only.signals), name="comments_signals")
        return [signals, *queue.urls(), *super().get_urls()]

    def get_ordering(self, request):
        """Newest first; if filtered by status alone, in the order of the index that begins with it."""
        by_status = "status__exact" in request.GET and "reason__exact" not in request.GET
        return ["-created_at", "-id"] if by_status else ["-id"]

    # ---- Permissions

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def has_erase_permission(self, request):
        """Rows stay for the statistics: only their content can be deleted."""
        return request.user.has_perm("comments.delete_comment")

    def has_add_permission(self, request):
        return False

    def has_view_permission(self, request, obj=None):
        return self.has_moderate_permission(request) or super().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.has_moderate_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    # ---- The list

    def get_search_results(self, request, queryset, search_term):
        """Users who may erase personal data can also search by a whole e-mail address."""
        if not search_term:
            return queryset, False
        if "@" in search_term and self.has_erase_permission(request):
            return queryset.filter(email=search_term.strip().lower()), False
        return containing(queryset, WORDS, search_term), False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Arsip komentar", **(extra_context or {})})

    @admin.display(description="komentar")
    def comment(self, comment):
        return pieces.comment(comment)

    @admin.display(description="berita")
    def article_link(self, comment):
        return link(comment.article.get_absolute_url(), comment.article.title)

    @admin.display(description="status")
    def state(self, comment):
        return pieces.comment_status(comment)

    # ---- Actions

    @admin.action(description="Setujui", permissions=["moderate"])
    def approve(self, request, queryset):
        self._show_outcome(request, _bounded(queryset).approve(by=request.user), "disetujui dan kini tampil")

    @admin.action(description="Batalkan keputusan terakhir", permissions=["moderate"])
    def undo(self, request, queryset):
        undone = _bounded(queryset).undo_last(by=request.user)
        self._show_outcome(request, undone, "kembali seperti sebelum keputusan terakhir")

    @admin.action(description="Unduh data (JSON)", permissions=["erase"])
    def export(self, request, queryset):
        return JsonResponse(
            privacy.export(_bounded(queryset)),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": "attachment; filename=data-komentar.json"},
        )

    @admin.action(description="Hapus isi dan data pribadi", permissions=["erase"])
    def erase(self, request, queryset):
        """Irreversible, so it asks for confirmation first."""
        chosen = _bounded(queryset).filter(erased_at=None)
        if "sure" in request.POST:
            self._show_outcome(request, chosen.erase(by=request.user), "dihapus isi dan data pribadinya")
            return None
        context = {
            "title": "Hapus isi dan data pribadi",
            "number": chosen.count(),
            "some": chosen.select_related("article").defer("article__body")[:SHOWN_AT_MOST],
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "across": request.POST.get("select_across", "0"),
        }
        return self._page(request, "erase", context)

    def _show_outcome(self, request, decided, outcome: str):
        """`decided` does not include what another moderator had already decided."""
        if not decided:
            message = "Tidak ada yang berubah: komentar terpilih sudah diputuskan sebelumnya."
            self.message_user(request, message, messages.INFO)
            return
        others = len(request.POST.getlist(ACTION_CHECKBOX_NAME)) > len(decided)
        message = f"{len(decided)} komentar {outcome}{'; yang lain sudah diputuskan sebelumnya' if others else ''}."
        self.message_user(request, message, messages.SUCCESS)

    # ---- The page of one comment

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """All that is known about a comment, and the form to decide about it."""
        comment = self.get_object(request, unquote(object_id))
        if comment is None:
            raise Http404
        if not self.has_view_permission(request, comment):
            raise PermissionDenied
        form = ArchiveDecisionForm(request.POST or None)
        if request.method == "POST":
            if not self.has_change_permission(request, comment):
                raise PermissionDenied
            if form.is_valid():
                self._decide(request, comment, **form.cleaned_data)
                return HttpResponseRedirect(request.get_full_path())
        decisions = comment.decisions.select_related("by").order_by("-pk")[:SHOWN_AT_MOST]
        is_kept = comment.erased_at is None and comment.status != Comment.Status.UNCONFIRMED
        context = {
            "title": f"Komentar nomor {comment.pk}",
            "comment": comment,
            "form": form,
            "signals": [signal.label for signal in assessment.Signal if signal in comment.signals],
            "decisions": decisions,
            "reports": comment.reports.order_by("-pk")[:SHOWN_AT_MOST],
            "replies": comment.replies.order_by("created_at", "id")[:SHOWN_AT_MOST],
            "shows_email": self.has_moderate_permission(request),
            "may_decide": is_kept and self.has_change_permission(request, comment),
            "may_undo": is_kept and decisions and decisions[0].is_undoable,
            "may_erase": self.has_erase_permission(request),
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return self._page(request, "comment", context)

    def _decide(self, request, comment, alasan, catatan):
        one = Comment.objects.filter(pk=comment.pk)
        if "approve" in request.POST:
            self._show_outcome(request, one.approve(request.user, catatan), "disetujui dan kini tampil")
        elif "reject" in request.POST:
            self._show_outcome(request, one.reject(request.user, alasan, catatan), "ditolak dan tidak tampil")
        elif "spam" in request.POST:
            self._show_outcome(request, one.reject(request.user, Reason.SPAM, catatan), "ditolak sebagai spam")
        elif "undo" in request.POST:
            self.undo(request, one)

    def _page(self, request, template, context):
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return render(request, f"comments/admin/{template}.html", whole)


def _bounded(queryset):
    """At most DECIDED_AT_MOST of these comments, without the columns and the order of the list."""
    return Comment.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)[:DECIDED_AT_MOST]))
