"""The city's offices, and the pages where their members answer comments. These pages need no view permission of the
admin: an office's account sees what the public sees, and writes in the name of its own office only."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from comments.forms import LineField, TextField
from comments.models import TEXT_MAX_CHARS, Comment, Office
from news.web import paging
from news.web.admin import WithoutBulkDelete, person_name

FORWARDED_SHOWN = 50
SEARCHED_AT_MOST = 10_000  # newest comments that are searched
_CITIZENS = ("id", "name", "text", "created_at", "article__id", "article__title", "article__slug")


@admin.register(Office)
class OfficeAdmin(WithoutBulkDelete):
    list_display = ["name", "writers"]
    list_per_page = 200
    search_fields = ["name"]
    autocomplete_fields = ["members"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("members")

    def get_fields(self, request, office=None):
        return ["name", "members", "answers"] if office else ["name", "members"]

    def get_readonly_fields(self, request, office=None):
        return ["answers"]

    @admin.display(description="petugas")
    def writers(self, office):
        return ", ".join(person_name(member) for member in office.members.all()) or "Belum ada"

    @admin.display(description="jawaban resmi")
    def answers(self, office):
        if number := office.answers.count():
            return f"{number} jawaban. Selama jawabannya ada, perangkat daerah ini tidak dapat dihapus."
        return "Belum ada."

    def has_delete_permission(self, request, office=None):
        return super().has_delete_permission(request, office) and (office is None or not office.answers.exists())

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for member in form.instance.members.all():
            if not member.has_perm("comments.answer_comment"):
                message = f"Akun {member} belum dapat menjawab: perannya belum mencakup OPD."
                self.message_user(request, message, messages.WARNING)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("jawab/", wrap(own_offices), name="comments_answers"),
            path("<int:office>/jawab/", wrap(answerable), name="comments_answerable"),
            path("<int:office>/jawab/<int:pk>/", wrap(answer), name="comments_answer"),
            *super().get_urls(),
        ]


# ---- The pages of an office


class AnswerableForm(forms.Form):
    """Filters of the list of comments that an office may answer."""

    q = LineField(
        required=False,
        max_length=100,
        error_messages={"max_length": "Kata pencarian terlalu panjang: paling banyak %(limit_value)d huruf."},
    )
    dijawab = forms.BooleanField(required=False)
    sebelum = forms.CharField(max_length=60, required=False)


class AnswerForm(forms.Form):
    jawaban = TextField(
        label="Jawaban resmi",
        max_length=TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 8, "aria-describedby": "jawaban-cara"}),
        error_messages={
            "required": "Tulis jawabannya.",
            "max_length": "Jawaban paling panjang %(limit_value)d karakter; jawaban Anda %(show_value)d karakter.",
        },
    )


@require_safe
def own_offices(request):
    """Redirects to the user's office, or lists them if the user writes for several."""
    if not request.user.has_perm("comments.answer_comment"):
        raise PermissionDenied
    offices = list(Office.objects.written_by(request.user))
    if len(offices) == 1:
        return redirect("admin:comments_answerable", offices[0].pk)
    for office in offices:
        office.waiting = Comment.objects.awaiting_answer([office]).count()
    return _page(request, "offices", title="Jawaban resmi", offices=offices)


@require_safe
def answerable(request, office):
    """Comments that the office may answer: first those forwarded to it, then the newest."""
    office = _own_office(request, office)
    form = AnswerableForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    own = Comment.objects.filter(office=office, erased_at=None)
    found = Comment.objects.answerable()
    if filters.get("dijawab"):
        found = found.filter(pk__in=own.values("parent"))
    if words := filters.get("q"):
        newest = found.order_by("-created_at").values("pk")[:SEARCHED_AT_MOST]
        wanted = Q(text__icontains=words) | Q(name__icontains=words) | Q(article__title__icontains=words)
        found = found.filter(wanted, pk__in=newest)
    forwarded = []
    if not words and not filters.get("dijawab"):
        waiting = Comment.objects.awaiting_answer([office])
        found = found.exclude(pk__in=waiting.values("pk"))
        if not filters.get("sebelum"):
            forwarded = list(_listed(waiting).order_by("forwarded_at", "id")[:FORWARDED_SHOWN])
    page = paging.page(_listed(found), filters.get("sebelum", ""), field="created_at")
    answers = dict(own.filter(parent__in=[comment.pk for comment in page.items]).values_list("parent", "status"))
    for comment in page.items:
        comment.answer_status = answers.get(comment.pk)
    return _page(
        request,
        "answerable",
        title=f"Jawaban resmi: {office}",
        office=office,
        page=page,
        forwarded=forwarded,
        form=form,
        words=words,
        answered=filters.get("dijawab"),
        searched_at_most=SEARCHED_AT_MOST,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, office, pk):
    """One comment and the office's answer to it, which is written, corrected or erased here."""
    office = _own_office(request, office)
    comment = _listed(Comment.objects.answerable()).filter(pk=pk).first()
    present = Comment.objects.filter(parent=pk, office=office, erased_at=None).first()
    form = AnswerForm(request.POST or None, initial={"jawaban": present.text} if present else None)
    if request.method == "POST":
        try:
            if message := _receive(request, form, office, comment or Comment(pk=pk), present):
                messages.success(request, message)
                return redirect("admin:comments_answerable", office.pk)
        except ValidationError as error:  # what was typed stays in the form
            form.add_error(None, error)
    elif comment is None:
        raise Http404
    others = Comment.objects.visible().filter(parent=pk, office__isnull=False).exclude(office=office)
    return _page(
        request,
        "answer",
        title="Jawab komentar",
        office=office,
        comment=comment,
        present=present,
        form=form,
        others=others.in_reading_order()[:20],
        max_chars=TEXT_MAX_CHARS,
    )


def _receive(request, form, office, comment, present) -> str:
    """Performs the action of the pressed button and returns a message about it; "" if the form has errors."""
    version = request.POST.get("versi", "")  # of the answer that the page showed; "" if there was none
    if "tarik" in request.POST:
        if present is None:
            raise ValidationError("Jawaban itu sudah ditarik.")
        present.erase_answer(request.user, version)
        return "Jawaban ditarik: isinya sudah dihapus."
    if not form.is_valid():
        return ""
    if present:
        present.correct(form.cleaned_data["jawaban"], request.user, version)
        return "Jawaban diperbaiki. Pembaca melihatnya dalam beberapa detik."
    if version:
        raise ValidationError(
            "Belum disimpan: sejak Anda membuka halaman ini, petugas lain sudah menarik jawaban dinas Anda. Tekan "
            "tombolnya sekali lagi bila tulisan Anda tetap harus tampil."
        )
    Comment.objects.answer(comment, office, form.cleaned_data["jawaban"], request.user)
    return "Jawaban tampil di bawah komentar warga dalam beberapa detik."


def _own_office(request, pk: int) -> Office:
    office = Office.objects.written_by(request.user).filter(pk=pk).first()
    if office is None:
        raise PermissionDenied
    return office


def _listed(comments):
    """Loads only what the public sees of these comments."""
    return comments.select_related("article").only(*_CITIZENS, "forwarded_at", "forwarded_note", "forwarded_to")


def _page(request, template: str, **context):
    return render(request, f"comments/admin/{template}.html", admin.site.each_context(request) | context)
