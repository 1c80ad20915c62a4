"""`manage.py serve`: prepares everything that the portal needs, from a bare checkout on, and runs it."""

import fcntl
import os
import secrets
import socket
import time
from typing import NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import Error, connections

from news.models import Article
from portal import staticfiles, upgrade
from portal.management.base import BaseCommand, CommandError
from portal.run import data_folder, database, parts, postgres, start, supervisor
from portal.samples import demo
from portal.sentinel import release

ADMIN = "admin"


class Command(BaseCommand):
    help = "Menyiapkan dan menjalankan seluruh portal: basis data, server web, dan pekerja latar."
    requires_system_checks = []  # the tests run them; starting must be quick

    def handle(self, **options):
        try:
            self.start()
        except OSError as error:  # a full disk, a file in place of a folder
            if data_folder.is_about(error, settings.DATA_DIR):
                raise CommandError(data_folder.problem(error, settings.DATA_DIR)) from error
            raise CommandError(f"Portal tidak dapat dinyalakan: {error}.") from error

    def start(self):
        supervisor.use_one_arena()
        serve_lock, clean = claim_data_folder()
        claim_port(settings.HOST, settings.PORT, patience=0 if clean else 5)
        postgres_lock = postgres.hold(settings.DATA_DIR) if settings.EMBEDDED_DATABASE else None
        try:
            if settings.EMBEDDED_DATABASE:
                supervisor.say(f"Menyalakan basis data {database.label()} …")
                postgres.ensure_running(settings.DATA_DIR)
            else:
                start.introduce_database()
            database.wait(supervisor.say)
            database.check_usable(tables=False)
            prepare()
            supervise(serve_lock, postgres_lock)
        except Exception as error:
            if supervisor.asked_to_stop():
                raise supervisor.Stopped from error
            if isinstance(error, database.Unusable | upgrade.CannotUpgrade | supervisor.GaveUp):
                raise CommandError(str(error)) from error
            if isinstance(error, Error) and (sentence := database.explanation(error)):
                raise CommandError(sentence) from error
            raise
        finally:
            supervisor.ignore_stop_signals()
            if postgres_lock is not None:
                connections.close_all()
                postgres.leave(settings.DATA_DIR, postgres_lock)


def supervise(serve_lock: int, postgres_lock: int | None) -> NoReturn:
    """Runs the portal until it is asked to stop (supervisor.Stopped) or gives up (supervisor.GaveUp)."""
    files = {"PORTAL_ENV": settings.SETTINGS_FILE, "CITY_FILE": settings.CITY_FILE}
    supervisor.give_environment(DATA_DIR=settings.DATA_DIR, **{name: path for name, path in files.items() if path})
    parts.load()
    supervisor.Child.locks = tuple(lock for lock in (serve_lock, postgres_lock) if lock is not None)
    portal = supervisor.Supervisor(
        settings.HOST,
        settings.PORT,
        settings.DATA_DIR,
        web=supervisor.Child("server web", "portal-web", parts.web),
        worker=supervisor.Worker(parts.worker, settings.DATA_DIR / supervisor.WORKER_SIGNS),
        has_postgres=postgres_lock is not None,
    )
    try:
        portal.run()
    finally:
        supervisor.ignore_stop_signals()
        portal.stop()
        os.ftruncate(serve_lock, 0)  # empty: a clean shutdown


# ---- Only one portal per data folder and port


def claim_data_folder():
    """Locks DATA_DIR/serve.lock; returns its descriptor and whether the last portal here was shut down cleanly."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(settings.DATA_DIR / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    where = os.read(lock, 1000).decode(errors="replace")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(f"Portal dengan folder data {settings.DATA_DIR} sudah berjalan: {where}") from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, supervisor.url(settings.HOST, settings.PORT).encode(), 0)
    return lock, where == ""


def claim_port(host, port, patience):
    """Raises CommandError if we cannot listen there. `patience`: seconds for a killed portal's children to end."""
    deadline = time.monotonic() + patience
    while (reason := port_problem(host, port)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if reason:
        raise CommandError(f"Portal tidak dapat memakai alamat {host} porta {port}: {reason}.")


def port_problem(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except PermissionError:
        return "porta di bawah 1024 hanya untuk root"
    except OSError as error:
        if error.errno == 98:  # EADDRINUSE
            return "porta itu sudah dipakai program lain"
        return "itu bukan alamat mesin ini"
    return ""


# ---- Preparation


def prepare():
    with upgrade.alone(supervisor.say):
        upgrade.prepare(supervisor.say)
        with supervisor.stop_signals_wait():
            collected = staticfiles.collect(supervisor.say)
        release.record_if_new(static=collected)
        load_demo()
        create_admin()


def load_demo():
    """Loads the samples only once, into an empty embedded database, so that hapus_contoh removes them for good."""
    marker = settings.DATA_DIR / "contoh-dimuat"
    if not settings.EMBEDDED_DATABASE or marker.exists() or Article.objects.exists():
        return
    supervisor.say("Memuat isi contoh dari kota pertama portal ini (`manage.py hapus_contoh` menghapusnya) …")
    with supervisor.stop_signals_wait():
        demo.load()
    marker.touch()


def create_admin():
    """Creates a superuser if there is none, and prints the password, which is not shown again."""
    User = get_user_model()
    if User.objects.filter(is_superuser=True).exists():
        return
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(ADMIN, password=password)
    supervisor.say(f"Masuk: {ADMIN} / {password}")
