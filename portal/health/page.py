"""What /sehat answers."""

from django.db import Error
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from news import reindexing
from news.web import replica, senders
from news.web.database import deadline
from portal.backup import keys
from portal.health import backups, checks
from portal.health.parts import PATIENCE, failures, present
from portal.health.problems import Failure, Problem


@never_cache
@require_safe
def health(request):
    """200 with {"sehat": true}, or 503 with the names of the failing parts; `sebab` only on this host."""
    return _answer(request, failures(), with_causes=senders.is_from_this_host(request))


@never_cache
@require_safe
def health_for_staff(request):
    """The same below /admin/, where there are sessions; the admin site asks for the log-in."""
    return _answer(request, failures(), with_causes=True)


def _answer(request, failing: list[Failure], with_causes: bool):
    status = 503 if failing else 200
    if with_causes and request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        context = {"failing": failing, "parts": _parts_of(failing), "work": _work_in_progress(failing)}
        return render(request, "portal/health.html", context, status=status)
    report: dict = {"sehat": not failing, "rusak": list(dict.fromkeys(each.part for each in failing))}
    if with_causes:
        report["sebab"] = [{"bagian": each.part, "sebab": each.cause, "saran": each.advice} for each in failing]
        report["pekerjaan"] = _work_in_progress(failing)
    return JsonResponse(report, status=status)


def _parts_of(failing: list[Failure]) -> list[tuple[str, list[Failure], str]]:
    """Each part with its failures and the part because of which it was not checked."""
    names = {each.part for each in failing}
    waiting = {part.name: need for part in present() for need in part.needs if need in names}
    parts = dict.fromkeys(part.name for part in present())
    return [(name, [each for each in failing if each.part == name], waiting.get(name, "")) for name in parts]


def _work_in_progress(failing: list[Failure]) -> list[str]:
    """What is no failure: long work of the worker, where backups are. [] also if the database cannot say."""
    wrong = {each.part for each in failing}
    if "basis_data" in wrong:
        return []
    try:
        with deadline(PATIENCE):
            share = reindexing.progress()
            notes = [] if "replika" in wrong else checks.note_on_replica()
    except (Error, replica.Unfit):
        return []
    if share is not None:
        notes.append(f"Indeks pencarian sedang diperbarui: {share:.0%} berita sudah.")
    if {"cadangan", "latihan"} & wrong:
        return notes
    try:
        return notes + backups.notes()
    except (Problem, keys.KeyFault):  # of this very moment; the next look tells it
        return notes
