"""Read-only pages: decisions, outgoing e-mail, versions of the rules, and how often the triage signals were right."""

from datetime import date

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.shortcuts import render
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from comments.admin import pieces
from comments.models import Decision, Email, Rules
from comments.triage import assessment
from news.admin.pieces import link
from news.markup import plain_text
from news.web import dates
from news.web.admin import BoundedListAdmin, ReadOnlyAdmin, person_name

MONTHS_OFFERED = 13
MODERATORS_OFFERED = 100


class MonthFilter(admin.SimpleListFilter):
    title = "bulan"
    parameter_name = "bulan"

    def lookups(self, request, model_admin):
        months = [dates.month_start(timezone.localdate())]
        while len(months) < MONTHS_OFFERED:
            months.append(dates.previous_month(months[-1]))
        return [(f"{month:%Y-%m}", dates.month(month.year, month.month)) for month in months]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookup_choices):
            return queryset
        year, month = map(int, self.value().split("-"))
        first, after = dates.month_span(date(year, month, 1))
        return queryset.filter(at__gte=first, at__lt=after)


class ByFilter(admin.SimpleListFilter):
    title = "moderator"
    parameter_name = "oleh"

    def lookups(self, request, model_admin):
        people = get_user_model().objects.filter(is_staff=True).order_by("username")[:MODERATORS_OFFERED]
        return [(str(person.pk), person_name(person)) for person in people]

    def queryset(self, request, queryset):
        return queryset.filter(by=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin, BoundedListAdmin):
    list_display = ["entry", "about", "note"]
    list_display_links = None
    list_filter = ["verb", "reason", ByFilter, MonthFilter]
    ordering = ["-at", "-id"]
    fields = ["entry", "about", "note"]

    def get_queryset(self, request):
        shown = ("comment__name", "comment__text", "by__first_name", "by__last_name", "by__username")
        own = [field.name for field in Decision._meta.concrete_fields if field.name != "decided_by_before"]
        return super().get_queryset(request).select_related("comment", "by").only(*own, *shown)

    @admin.display(description="keputusan")
    def entry(self, decision):
        return pieces.decision(decision)

    @admin.display(description="komentar")
    def about(self, decision):
        words = f"{decision.comment.name}: {decision.comment.text}" if decision.comment.text else "isi sudah dihapus"
        address = reverse("admin:comments_comment_change", args=[decision.comment_id])
        return link(address, truncatechars(words, 120))


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin, BoundedListAdmin):
    """Shows the state of e-mails, not their text: some contain the recipient's secret link."""

    list_display = ["subject", "to", "created_at", "state", "error"]
    ordering = ["-id"]
    fields = ["subject", "to", "created_at", "state", "attempts", "next_try_at", "error", "sent_at"]
    actions = ["send_now"]

    @admin.display(description="keadaan")
    def state(self, email):
        if email.sent_at:
            return "Terkirim"
        if email.refused_at:
            return "Alamatnya ditolak"
        return f"Belum terkirim, {email.attempts} kali dicoba" if email.attempts else "Menunggu dikirim"

    @admin.action(description="Kirim lagi sekarang", permissions=["view"])
    def send_now(self, request, queryset):
        if number := queryset.filter(sent_at=None).update(next_try_at=Now(), refused_at=None):
            self.message_user(request, f"{number} surat dikirim dalam beberapa detik.", messages.SUCCESS)
        else:
            self.message_user(request, "Semua surat yang dipilih sudah terkirim.", messages.INFO)


@admin.register(Rules)
class RulesAdmin(ReadOnlyAdmin, BoundedListAdmin):
    list_display = ["number", "since", "beginning"]
    ordering = ["-id"]
    fields = ["number", "since", "words"]

    @admin.display(description="versi")
    def number(self, rules):
        return rules.pk

    @admin.display(description="isi")
    def beginning(self, rules):
        return truncatechars(plain_text(rules.text), 160) or "(kosong)"

    @admin.display(description="isi")
    def words(self, rules):
        return plain_text(rules.text) or "(kosong)"


@require_safe
def signals(request):
    """How often each signal of the triage was right."""
    if not request.user.has_perm("comments.view_decision"):
        raise PermissionDenied
    context = {"title": "Ketepatan tanda", "records": assessment.signal_precision(), "days": assessment.JUDGED.days}
    context["most"] = assessment.JUDGED_AT_MOST
    return render(request, "comments/admin/signals.html", admin.site.each_context(request) | context)
