"""The moderators' queue. All of it works as plain forms; static/portal/queue.js sends the same forms without a reload.

Only comments that are still in the queue are decided here, and of groups and whole parts only those that were in it
when the page was made. So two moderators never decide the same comment, and none is decided that arrived meanwhile.
"""

import re
from datetime import timedelta
from functools import partial, wraps
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Min, Q
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from comments.admin import queue_rows
from comments.forms import TextField
from comments.models import TIME_TO_DECIDE, Comment, CommentQuerySet, Decision, Office, Reason
from comments.triage.assessment import Signal
from news.models import Article
from news.templatetags.news import number
from news.web.columns import max_length

COUNTED = 1_000  # beyond this, counts are shown as "1.000+"
BATCH_SIZE = 500  # comments decided in one transaction
AT_ONCE = 10_000  # comments decided by one click
LISTED, REMEMBERED = 20, timedelta(days=7)  # number and age of the batches that can be undone from a list
DOUBTFUL = 10  # least likely spam, shown before a whole part of the queue is rejected
APPROVE, FORWARD = "setujui", "teruskan"
GONE = "Komentar ini tidak ada lagi."
_ITEM = re.compile(r"([0-9]{1,18})(~?)")


# ---- Forms


class HiddenNumberField(forms.IntegerField):
    """The id of a row, or nothing."""

    def __init__(self):
        super().__init__(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)


class QueueForm(forms.Form):
    """Filters of the queue, from the query string."""

    PARTS = {
        "": "Semua",
        "laporan": "Dilaporkan",
        "lewat": "Lewat batas waktu",
        "spam": "Diduga spam",
        "mungkin": "Mungkin spam",
    }

    bagian = forms.ChoiceField(choices=PARTS.items(), required=False, widget=forms.HiddenInput)
    berita = HiddenNumberField()
    serupa = HiddenNumberField()
    tanda = forms.ChoiceField(label="Tanda", choices=[("", "Semua tanda"), *Signal.choices], required=False)
    q = forms.CharField(label="Cari kata", max_length=100, required=False)

    def matching(self):
        """The comments that match; invalid filters are ignored."""
        wanted = self.cleaned_data
        found = of_part(wanted.get("bagian"))
        if words := wanted.get("q"):
            found = found.filter(Q(text__icontains=words) | Q(name__icontains=words))
        if signal := wanted.get("tanda"):
            found = found.filter(signals__contains=[signal])
        exact = {"article": wanted.get("berita"), "similar_group": wanted.get("serupa")}
        return found.filter(**{name: value for name, value in exact.items() if value})

    @property
    def is_searched(self) -> bool:
        return bool(self.errors or self.cleaned_data.get("q") or self.cleaned_data.get("tanda"))

    def address(self, **changes) -> str:
        """The query string of these filters with `changes`."""
        return "?" + urlencode({name: value for name, value in (self.cleaned_data | changes).items() if value})


def of_part(part: str | None):
    waits = Comment.objects.in_queue()
    match part:
        case "laporan":
            return waits.filter(status=Comment.Status.APPROVED)
        case "lewat":
            return waits.overdue()
        case "spam":
            return waits.suspected()
        case "mungkin":
            return waits.filter(ranked_last=False, signals__contains=[Signal.POSSIBLE])
        case _:
            return waits


class ItemsField(forms.Field):
    """Values of queue_rows.Row.key, as (id, whether all similar comments are included)."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        matches = [_ITEM.fullmatch(item) for item in value or ()]
        if not all(matches):
            raise ValidationError("Komentar yang dipilih tidak dikenali. Muat ulang halaman ini.")
        return [(int(match[1]), bool(match[2])) for match in matches]


class DecisionForm(forms.Form):
    keputusan = forms.ChoiceField(
        choices=[(APPROVE, "Setujui"), (FORWARD, "Setujui dan teruskan"), *Reason.choices],
        error_messages={"required": "Pilih dahulu keputusannya.", "invalid_choice": "Keputusan ini tidak dikenal."},
    )
    catatan = TextField(label="Catatan", max_length=max_length(Decision, "note"), required=False)
    opd = forms.ModelChoiceField(Office.objects.all(), label="Perangkat daerah", required=False)
    dilihat = forms.DateTimeField(error_messages={"required": "Muat ulang halaman ini, lalu putuskan lagi."})

    def clean_dilihat(self):
        return min(self.cleaned_data["dilihat"], timezone.now())

    def clean(self):
        wanted = super().clean()
        if wanted.get("keputusan") == FORWARD and not wanted.get("catatan"):
            self.add_error("catatan", "Tulis untuk pembaca ke mana dan untuk apa pengaduan ini diteruskan.")
        return wanted

    def seen(self, queue):
        """The comments of `queue` that were in it when the page was made."""
        return queue.filter(due_at__lte=self.cleaned_data["dilihat"] + TIME_TO_DECIDE)

    def verb(self, by):
        """The method of CommentQuerySet with all its arguments except the comments and the batch."""
        decision, note = self.cleaned_data["keputusan"], self.cleaned_data["catatan"]
        if decision == APPROVE:
            return partial(CommentQuerySet.approve, by=by)
        if decision == FORWARD:
            return partial(CommentQuerySet.forward, by=by, note=note, office=self.cleaned_data["opd"])
        return partial(CommentQuerySet.reject, by=by, reason=decision, note=note)

    def message(self, who: str) -> str:
        decision = self.cleaned_data["keputusan"]
        if decision == APPROVE:
            return f"{who} disetujui."
        if decision == FORWARD:
            return f"{who} diteruskan{f' ke {office}' if (office := self.cleaned_data['opd']) else ''} dan disetujui."
        return f"{who} ditolak: {Reason(decision).label}."


class RowsForm(DecisionForm):
    item = ItemsField(error_messages={"required": "Pilih dahulu komentarnya."})

    def chosen(self):
        """The chosen comments that are still in the queue."""
        items = self.cleaned_data["item"]
        themselves = Q(pk__in=[pk for pk, _ in items])
        first = Comment.objects.filter(pk__in=[pk for pk, with_alike in items if with_alike])
        groups = list(first.exclude(similar_group=None).values_list("similar_group", flat=True))
        waits = Comment.objects.in_queue()
        return waits.filter(themselves) | self.seen(waits.filter(similar_group__in=groups))


# ---- Pages


@require_safe
def queue(request):
    form = QueueForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    found = form.matching()
    rows, after = queue_rows.page(found, request.GET.get("sesudah", ""), grouped=not wanted.get("serupa"))
    parts = [
        (label, form.address(bagian=part), part == wanted.get("bagian", ""), _counted(of_part(part)))
        for part, label in QueueForm.PARTS.items()
    ]
    return _page(
        request,
        "queue",
        "Antrean komentar",
        form=form,
        rows=rows,
        after=form.address(sesudah=after) if after else "",
        parts=parts,
        narrowed=_counted(found) if any(wanted.values()) else "",
        article=Article.objects.only("title").filter(pk=wanted.get("berita")).first(),
        last=next(_batches(request.user), None),
    )


@require_safe
def comment(request, pk):
    return _comment_page(request, pk, DecisionForm())


@require_safe
def batches(request):
    return _page(
        request, "queue_batches", "Keputusan terakhir Anda", batches=list(islice(_batches(request.user), LISTED))
    )


def reject_all(request):
    """Rejects a whole part of the queue, after a page with its size and the comments that are least likely spam."""
    form = QueueForm(request.GET)
    if not form.is_valid() or not any(form.cleaned_data.values()):
        messages.error(request, "Saring dahulu antrean; antrean seluruhnya tidak dapat ditolak sekaligus.")
        return redirect("admin:comments_queue")
    found = form.matching()
    decision = DecisionForm(request.POST or None)
    if decision.is_valid() and decision.cleaned_data["keputusan"] in Reason:
        _, message, _ = _decide(decision, decision.seen(found), request.user)
        return _answer(request, message or "Tidak ada lagi yang menunggu di bagian ini.")
    return _page(
        request,
        "queue_reject_all",
        "Tolak semua?",
        form=form,
        decision=decision,
        count=found.count(),
        at_once=AT_ONCE,
        rows=queue_rows.rows(found.order_by("spam_probability", "id")[:DOUBTFUL]),
    )


@require_POST
def decide(request):
    form = RowsForm(request.POST)
    if not form.is_valid():
        errors = " ".join(error for errors in form.errors.values() for error in errors)
        items = form.cleaned_data.get("item", [])
        if len(items) == 1 and _reads_html(request):
            return _comment_page(request, items[0][0], form)  # with what was typed
        return _answer(request, errors, messages.ERROR)
    batch, message, rest = _decide(form, form.chosen(), request.user)
    settled = Comment.objects.filter(pk__in=[pk for pk, _ in form.cleaned_data["item"]], due_at=None)
    others = _outcome(settled.exclude(decisions__batch=batch))
    text = " ".join(filter(None, [message, others])) or GONE
    return _answer(request, text, batch=batch if message else None, rest=rest)


@require_POST
def undo(request):
    try:
        batch = UUID(request.POST.get("batch", ""))
    except ValueError:
        return _answer(request, "Keputusan ini tidak dikenal.", messages.ERROR)
    count, name = 0, ""
    while undone := Comment.objects.undo(batch, request.user, at_most=BATCH_SIZE):
        count += len(undone)
        name = undone[0].comment.name
    if not count:
        message = (
            "Tidak ada yang dibatalkan: keputusan itu sudah dibatalkan, atau komentarnya diputuskan lagi sesudahnya."
        )
        return _answer(request, message, messages.ERROR)
    who = f"komentar {name}" if count == 1 else f"{number(count)} komentar"
    return _answer(request, f"Dibatalkan: {who} kembali seperti sebelum diputuskan.")


# ---- Helpers


def _decide(form, queue, by) -> tuple[UUID, str, bool]:
    """Decides the comments of `queue` as one batch, AT_ONCE at most, in transactions of limited size.

    Returns the batch, the message about it ("" if there was nothing left to decide), and whether some still wait."""
    batch, count, name = uuid4(), 0, ""
    verb = form.verb(by)
    pks = list(queue.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    total = queue.count() if len(pks) == AT_ONCE else len(pks)
    for start in range(0, len(pks), BATCH_SIZE):
        with transaction.atomic():
            # Locked and filtered again: what somebody else has decided meanwhile is no longer in the queue.
            waits = Comment.objects.in_queue().filter(pk__in=pks[start : start + BATCH_SIZE]).order_by("pk")
            locked = list(waits.select_for_update().values_list("pk", flat=True))
            decided = verb(Comment.objects.filter(pk__in=locked), batch=batch)
            count += len(decided)
            name = decided[0].comment.name if decided else name
    if not count:
        return batch, "", False
    if total > len(pks):
        message = form.message(f"{number(count)} dari {number(total)} komentar")
        return batch, f"{message} Sisanya masih menunggu.", True
    return batch, form.message(f"Komentar {name}" if count == 1 else f"{number(count)} komentar"), False


def _outcome(comments) -> str:
    """A sentence about the decisions on comments that are no longer in the queue; "" without comments."""
    some = list(comments.select_related("decided_by")[: COUNTED + 1])
    if not some:
        return ""
    if len(some) > 1:
        names = ", ".join(sorted({each.decided_by.get_username() for each in some if each.decided_by}))
        return f"{len(some)} komentar sudah diputuskan {f'oleh {names}' if names else 'sebelumnya'}."
    (one,) = some
    if one.erased_at:
        return "Komentar ini sudah dihapus."
    who = f" oleh {one.decided_by.get_username()}" if one.decided_by else ""
    return f"Komentar {one.name} sudah diputuskan{who}: {one.get_status_display().lower()}."


def _batches(user):
    """Yields the newest decision of each of the user's batches that can be undone, newest first, with `count` and
    `comment`. Each costs two lookups in an index, however many comments the batch has."""
    own = Decision.objects.standing().filter(by=user, verb__in=Decision.UNDOABLE)
    before, earliest = timezone.now(), timezone.now() - REMEMBERED
    while newest := own.filter(at__range=(earliest, before)).select_related("comment").order_by("-at", "-id").first():
        of_batch = own.filter(batch=newest.batch).aggregate(count=Count("pk"), first=Min("at"))
        newest.count, before = of_batch["count"], of_batch["first"] - timedelta(microseconds=1)
        yield newest


def _counted(queue) -> str:
    count = queue.order_by()[: COUNTED + 1].count()
    return f"{number(COUNTED)}+" if count > COUNTED else number(count)


def _comment_page(request, pk, form):
    """One comment with all that can be decided about it; the page for notes and reasons without JavaScript."""
    queue = Comment.objects.in_queue().filter(pk=pk)
    found = next(iter(queue_rows.rows(queue, grouped="serupa" in request.GET)), None)
    if found is None:
        messages.info(request, _outcome(Comment.objects.filter(pk=pk)) or GONE)
        return redirect("admin:comments_queue")
    chosen = form.cleaned_data.get("opd") if form.is_bound else None
    return _page(request, "queue_comment", f"Komentar {found.comment.name}", row=found, decision=form, chosen=chosen)


def _page(request, template, title, **context):
    offices = Office.objects.all()
    context |= admin.site.each_context(request) | {"title": title, "offices": offices, "reasons": Reason.choices}
    return TemplateResponse(request, f"comments/admin/{template}.html", context | {"now": timezone.now()})


def _reads_html(request) -> bool:
    return request.accepts("text/html")


def _answer(request, message: str, level=messages.SUCCESS, batch=None, rest=False):
    """For scripts, JSON with the message, the batch to undo and whether more still wait; else a redirect to the queue,
    which shows the message."""
    if not _reads_html(request):
        data = {"message": message, "batch": batch, "rest": rest}
        return JsonResponse(data, status=400 if level == messages.ERROR else 200)
    messages.add_message(request, level, message)
    return redirect(f"{reverse('admin:comments_queue')}?{request.GET.urlencode()}")


def _for_moderators(view):
    @wraps(view)
    def checked(request, **arguments):
        if not request.user.has_perm("comments.moderate_comment"):
            raise PermissionDenied
        return view(request, **arguments)

    return checked


def urls() -> list:
    """The queue's URLs, relative to those of comments in the admin."""
    views = [
        ("antrean/", queue, "comments_queue"),
        ("antrean/putuskan/", decide, "comments_decide"),
        ("antrean/batalkan/", undo, "comments_undo"),
        ("antrean/semua/", reject_all, "comments_reject_all"),
        ("antrean/keputusan/", batches, "comments_batches"),
        ("antrean/<int:pk>/", comment, "comments_queued"),
    ]
    return [path(route, admin.site.admin_view(_for_moderators(view)), name=name) for route, view, name in views]
