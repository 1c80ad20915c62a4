"""New accounts with power: who was there at the first scan counts as known, each later one is reported until somebody
dismisses the finding. Whoever guesses one password makes an account to come back with."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from news.models import Finding, Scan
from news.web import dates
from portal.audit.models import Entry

WATCHED = timedelta(days=90)  # how long an account of the newsroom is new
_Verb = Entry.Verb


def check(scan: Scan) -> None:
    first = Scan.objects.filter(finished_at__isnull=False).order_by("pk").first()
    _check_superusers(scan, first)
    if first is not None:
        _check_staff(max(first.started_at or timezone.now(), timezone.now() - WATCHED))


def _check_superusers(scan: Scan, first: Scan | None) -> None:
    """By the table of accounts: the audit list knows nothing of those from before it."""
    present = {user.pk: user for user in User.objects.filter(is_superuser=True, is_active=True)}
    scan.superusers = list(present)
    known = set(first.superusers if first else present)
    for pk, user in present.items():
        if pk not in known:
            # Part of what makes a finding unique: in another format, known superusers would be reported once more.
            _note(Finding.Kind.SUPERUSER, user, f"dibuat {timezone.localtime(user.date_joined):%d-%m-%Y %H.%M}")


def _check_staff(since) -> None:
    """By the audit list, which says who did it."""
    verbs = (_Verb.ACCOUNT_MADE, _Verb.STAFF_ON, _Verb.ROLE_GIVEN)
    events = Entry.objects.filter(kind=Entry.Kind.RIGHTS, table="auth_user", verb__in=verbs, at__gte=since)
    present = User.objects.filter(is_staff=True, is_active=True, is_superuser=False).prefetch_related("groups")
    accounts = {user.pk: user for user in present}
    for event in events.order_by("id"):
        if (user := accounts.get(event.row)) and (kind := _kind(event, user)):
            by = event.person or "program, bukan dari ruang redaksi"
            _note(kind, user, f"oleh {by}, {dates.short_date_and_time(event.at)}")


def _kind(event: Entry, user: User) -> Finding.Kind | None:
    if event.verb == _Verb.ROLE_GIVEN:
        has_it = event.details.get("role") == "Administrator" in {group.name for group in user.groups.all()}
        return Finding.Kind.ADMINISTRATOR if has_it else None
    is_made_without_rights = event.verb == _Verb.ACCOUNT_MADE and not event.details.get("staff")
    return None if is_made_without_rights else Finding.Kind.STAFF


def _note(kind: Finding.Kind, user: User, excerpt: str) -> None:
    Finding.objects.note(kind, f"Akun {user.username}", reverse("admin:auth_user_change", args=[user.pk]), excerpt)
