"""Hosts that do not fit together are told so: at the start, in the log, and on /sehat.

They are not stopped: one that was given a new key, as after a restoration without the old one, is the only one that
lives, and fits itself. And nobody could say which of two hosts is the right one."""

import logging
from typing import NamedTuple

from django.conf import settings
from django.db import Error

from portal.hosts.marks import Marks, mark_folders, own_marks, own_place
from portal.hosts.models import Host

logger = logging.getLogger("portal")

GUIDE = "docs/panduan-operator.md, “Menambah mesin”"


class Difference(NamedTuple):
    cause: str
    advice: str


def find() -> Difference | None:
    """What this process does not share with the workers that live, the one on this host among them."""
    place, own = own_place(), own_marks()
    for host in Host.objects.alive():
        found = _with_our_worker(host, own) if (host.folder, host.name) == place else _with(host, own)
        if found is not None:
            return found
    return None


def _with_our_worker(host: Host, own: Marks) -> Difference | None:
    if host.key == own.key:
        return None
    return Difference(
        "Server web dan pekerja latar di mesin ini memakai kunci rahasia yang berbeda.",
        "Mulai ulang keduanya: kuncinya baru diganti.",
    )


def _with(host: Host, own: Marks) -> Difference | None:
    if host.key != own.key:
        return Difference(
            f"Mesin {host} memakai kunci rahasia yang lain daripada mesin ini, jadi yang masuk di satu mesin tidak "
            "dikenal di mesin lain, dan tautan dalam surat tidak berlaku.",
            f"Salin {settings.DATA_DIR / 'secret_key'} (atau SECRET_KEY) dari mesin yang lebih dahulu ada, lalu mulai "
            f"ulang portal di mesin yang baru: {GUIDE}.",
        )
    if settings.MEDIA_S3_URL and host.media and own.media and host.media != own.media:
        return Difference(
            f"Foto mesin {host} tidak di wadah yang sama dengan foto mesin ini, jadi yang diunggah di satu mesin "
            "tidak ada di mesin lain.",
            f"Tulislah MEDIA_S3_URL yang sama di portal.env semua mesin: {GUIDE}.",
        )
    folders = ((settings.MEDIA_ROOT, host.media, own.media), (settings.DOCUMENTS_ROOT, host.documents, own.documents))
    for folder, theirs, ours in folders[1:] if settings.MEDIA_S3_URL else folders:
        if theirs and ours and theirs != ours:
            return Difference(
                f"Folder {folder.name} mesin {host} bukan folder yang sama dengan yang di mesin ini, jadi berkas yang "
                "diunggah di satu mesin tidak ada di mesin lain.",
                f"Pasang satu folder bersama sebagai {folder} di semua mesin: {GUIDE}.",
            )
    return None


def tell_at_start() -> None:
    """For a web server about to start; says nothing if the database cannot say."""
    try:
        found = find()
    except Error:
        return
    if found is not None:
        logger.warning("%s %s", *found)


class Heartbeat:
    """The worker's job: signs of life, and a line in the log for each difference that is new."""

    def __init__(self) -> None:
        self.told: Difference | None = None

    def step(self) -> None:
        mark_folders()
        place, marks = own_place(), own_marks()
        self._tell_of_a_new_key(place, marks)
        Host.objects.beat(place, marks)
        found = find()
        if found is not None and found != self.told:
            logger.warning("%s %s", *found)
        self.told = found

    def _tell_of_a_new_key(self, place: tuple[str, str], marks: Marks) -> None:
        folder, name = place
        if Host.objects.filter(folder=folder, name=name).exclude(key=marks.key).exists():
            logger.warning(
                "Kunci rahasia mesin ini diganti: semua orang perlu masuk lagi, dan tautan dalam surat yang sudah "
                "terkirim tidak berlaku."
            )
