"""Which database the portal works on, and whether it can: in sentences for the operator."""

import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import (
    Error,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
)

# Backends, as Django's ENGINE
OF_WEB_PROCESSES = "news.web.database"  # bounds every wait
OF_COMMANDS = "django.db.backends.postgresql"
NO_TABLES = (
    "Tabel belum ada di basis data ini: jalankan `manage.py naikkan` dahulu (`systemctl start portal-migrate`); "
    "`manage.py serve` juga membuatnya."
)
OLD_TABLES = "Tabel basis data ini dari versi portal yang lebih lama: jalankan `manage.py naikkan` dahulu."
NEWER_TABLES = (
    "Basis data ini sudah diperbarui oleh portal yang lebih baru daripada kode ini: pakailah kode yang baru, atau "
    "pulihkan cadangan dari sebelum pembaruan (`manage.py restore`)."
)
UNREACHABLE = "Basis data tidak dapat dihubungi."
READ_ONLY = (
    "Basis data ini hanya dapat dibaca (replika, atau default_transaction_read_only): hubungkan ke server utama."
)
NO_OPTIONS = (
    "PgBouncer di depan basis data ini menolak pengaturan portal: tulislah ignore_startup_parameters = options di "
    "pgbouncer.ini."
)
NO_PREPARED_STATEMENTS = (
    "PgBouncer di depan basis data ini tidak mengenal prepared statement: tambahkan ?server_side_binding=False pada "
    "DATABASE_URL."
)
UNKNOWN_TO_POOLER = (
    "PgBouncer di depan basis data ini tidak mengenal basis data {}: tulislah di [databases] pgbouncer.ini. Untuk "
    "`restore` hentikan PgBouncer, dan sebutkan alamat servernya sendiri di DATABASE_URL (panduan operator)."
)
OTHER_SYSTEM_USER = (
    "Basis data ini hanya dibuka bagi pengguna sistem {0}: jalankan perintah ini sebagai pengguna itu, dengan "
    "runuser -u {0} -- di depannya."
)
FIRST_WAIT, LONGEST_WAIT = 1, 10  # seconds between attempts to reach the database
_UNDEFINED = ("42P01", "42703")  # undefined_table, undefined_column
_TABLE = "news_article"
_OUR_PACKAGES = {"comments", "news", "portal"}
# duplicate_prepared_statement, invalid_sql_statement_name: the pooler has changed the server under the connection
_MIXED_UP = ("42P05", "26000")
# By SQLSTATE; {} is what the server says
_SENTENCES = {
    **dict.fromkeys(_MIXED_UP, NO_PREPARED_STATEMENTS),
    "25006": READ_ONLY,  # read_only_sql_transaction
    # insufficient_privilege: since Postgres 15 only the owner of a database may make tables in it
    "42501": (
        "Pengguna basis data ini kekurangan hak ({}): jadikan ia pemilik basis data dan tabelnya, misalnya dengan "
        "ALTER DATABASE … OWNER TO …."
    ),
    # duplicate_table
    "42P07": "Basis data ini berisi tabel yang bukan dari portal: pakailah yang kosong ({}).",
}
# Answers that waiting does not change. The texts are PostgreSQL's and libpq's: a failed connection has no error code.
_NO_DATABASE = re.compile(r'database "(.+)" does not exist')
_UNKNOWN_TO_POOLER = re.compile(r"no such database: (\S+?)\.?(\s|$)")
_PEER_REFUSED = re.compile(r'Peer authentication failed for user "(.+)"')
_REFUSED_OPTIONS = "unsupported startup parameter"
_FINAL = re.compile(
    rf"{_REFUSED_OPTIONS}"
    r"|does not exist|no such database|authentication failed|not permitted to log in|no password supplied"
    r"|no pg_hba\.conf entry"
    r"|permission denied|invalid (connection option|sslmode|port)|certificate|does not support SSL"
)


# Why a server cannot be reached, in libpq's and the server's words, and in ours
_REASONS = (
    ("Connection refused", "di sana tidak ada server yang menjawab: mungkin mati, atau alamat dan portanya lain"),
    (
        "No such file or directory",
        "di sana tidak ada server yang menjawab: mungkin mati, atau soketnya lain",
    ),
    ("timeout expired", "server itu tidak menjawab pada waktunya"),
    ("could not translate host name", "nama servernya tidak dikenal"),
    ("failed to resolve host", "nama servernya tidak dikenal"),
    ("No route to host", "tidak ada jalan di jaringan ke server itu"),
    ("Network is unreachable", "tidak ada jalan di jaringan ke server itu"),
    ("Permission denied", "pengguna mesin ini tidak boleh memakai soketnya"),
    ("password authentication failed", "nama pengguna atau kata sandinya ditolak"),
    ("no password supplied", "server itu meminta kata sandi, dan DATABASE_URL tidak memuatnya"),
    ("Peer authentication failed", "server itu hanya menerima pengguna mesin yang bernama sama"),
    ("no pg_hba.conf entry", "server itu tidak menerima pengguna ini dari mesin ini (pg_hba.conf)"),
    ("the database system is starting up", "server itu baru menyala"),
    ("the database system is shutting down", "server itu sedang dimatikan"),
    ("the database system is in recovery", "server itu sedang memulihkan diri"),
    ("remaining connection slots", "server itu sudah melayani sebanyak yang diizinkan (max_connections)"),
    ("too many clients", "server itu sudah melayani sebanyak yang diizinkan (max_connections)"),
    ("terminating connection", "server itu memutuskan sambungan, mungkin karena dimatikan"),
    ("server closed the connection", "sambungannya putus, mungkin karena server itu mati"),
)


class Unusable(Exception):
    """The portal cannot work on this database; the message is one Indonesian sentence."""


def use_backend(engine: str) -> None:
    """Of the database itself, not of its replica, from now on, in this process and those forked from it."""
    settings.DATABASES["default"]["ENGINE"] = engine
    for used in connections.all(initialized_only=True):
        used.close()
        del connections[used.alias]


def label() -> str:
    """The database in use, without the password."""
    if settings.EMBEDDED_DATABASE:
        return f"bawaan portal, di {settings.DATA_DIR / 'postgres'}"
    used = settings.DATABASES["default"]
    server = f"{used['HOST'] or 'soket setempat'}{':' if used.get('PORT') else ''}{used.get('PORT') or ''}"
    return f"{used['NAME']} di {server}" + (f", pengguna {used['USER']}" if used.get("USER") else "")


def first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def reason(error: BaseException) -> str:
    """A clause for the operator: why the server cannot be reached; its own words, in English, for what is rare."""
    said = str(error)
    return next((ours for theirs, ours in _REASONS if theirs in said), first_line(error))


def check_usable(*, tables: bool = True) -> None:
    """Raises Unusable if the database stores no Unicode, is that of a newer version or (`tables`) has no tables yet,
    and Django's OperationalError if it cannot be reached."""
    connection.ensure_connection()
    encoding = connection.connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Unusable(
            f"Basis data ini berpengodean {encoding}; portal memerlukan UTF8. "
            "Buatlah yang baru: createdb --encoding=UTF8 --template=template0 NAMA."
        )
    if not has_tables():
        if tables:
            raise Unusable(NO_TABLES)
    elif has_newer_tables():
        raise Unusable(NEWER_TABLES)


def has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL AND to_regclass('django_migrations') IS NOT NULL", [_TABLE])
        return cursor.fetchone()[0]


def wait(say: Callable[[str], None]) -> None:
    """Returns once the database answers; says why it waits. Raises Unusable for what waiting does not mend."""
    pause = FIRST_WAIT
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if _FINAL.search(str(error)):
                raise Unusable(explanation(error)) from error
            say(f"Menunggu basis data; dicoba lagi dalam {pause} detik ({reason(error)}).")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_WAIT)
        else:
            return


def explanation(error: Error) -> str | None:
    """One Indonesian sentence for a failure that the operator can mend; None for any other, a mistake of ours."""
    state = _sqlstate(error)
    if match := _NO_DATABASE.search(str(error)):
        return f"Basis data {match[1]} belum ada di server itu: buatlah dahulu, misalnya dengan createdb {match[1]}."
    if match := _PEER_REFUSED.search(str(error)):
        return OTHER_SYSTEM_USER.format(match[1])
    if _REFUSED_OPTIONS in str(error):
        return NO_OPTIONS
    if match := _UNKNOWN_TO_POOLER.search(str(error)):
        return UNKNOWN_TO_POOLER.format(match[1])
    if state in _SENTENCES:
        return _SENTENCES[state].format(first_line(error))
    if isinstance(error, OperationalError) and _connection_is_gone():
        return f"Basis data {label()} tidak dapat dihubungi: {reason(error)}."
    if isinstance(error, NotSupportedError):
        return f"Server basis data ini terlalu tua: {first_line(error)}"
    if isinstance(error, ProgrammingError) and state is None and connection.connection is None:
        return f"DATABASE_URL tidak dapat dipakai: {first_line(error)}"
    if state in _UNDEFINED:
        return _about_tables()
    return None


def _sqlstate(error: BaseException) -> str | None:
    """Of the server's error behind this one; `migrate` wraps it twice, without naming it as the cause."""
    each: BaseException | None = error
    while each is not None:
        if state := getattr(each, "sqlstate", None):
            return state
        each = each.__cause__ or each.__context__
    return None


def unavailability(error: Error) -> str | None:
    """Why pages cannot be shown at all, for the log; None if other pages may work."""
    if isinstance(error, OperationalError | InterfaceError) and _connection_is_gone():
        return UNREACHABLE
    state = _sqlstate(error)
    if state in _MIXED_UP:
        return NO_PREPARED_STATEMENTS
    if isinstance(error, ProgrammingError) and state in _UNDEFINED:
        try:
            return None if connection.in_atomic_block or has_tables() else NO_TABLES
        except Error:
            return None
    return None


def _connection_is_gone() -> bool:
    return connection.connection is None or connection.connection.closed


def _about_tables() -> str | None:
    connection.close()  # the failed statement may have left a transaction behind
    try:
        if not has_tables():
            return NO_TABLES
        return OLD_TABLES if has_old_tables() else None
    except Error:
        return None


def has_old_tables() -> bool:
    """Whether a migration of this version has not been applied. Reads names only: loading the migrations takes longer
    than a health check may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return not migrations().issubset(cursor.fetchall())


def has_newer_tables() -> bool:
    """Whether a migration was applied that this version does not know: one after its last, in an app of ours."""
    ours = {app.label for app in apps.get_app_configs() if app.name.partition(".")[0] in _OUR_PACKAGES}
    last = {app: name for app, name in sorted(migrations()) if app in ours}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return any(name[:4] > last.get(app, name)[:4] for app, name in cursor.fetchall())


@cache
def migrations() -> frozenset[tuple[str, str]]:
    """All that this version knows, by the names of their files."""
    folders = [(app.label, Path(app.path) / "migrations") for app in apps.get_app_configs()]
    return frozenset((label, file.stem) for label, folder in folders for file in folder.glob("[0-9]*.py"))


def refuse_unusable_at_start() -> None:
    """For a web server about to start: raises Unusable as `check_usable(tables=False)`, or if a PgBouncer refuses it;
    not if the database is down.

    Then, and without tables, pages answer 503 until somebody mends it. Leaves no connection for child processes."""
    try:
        check_usable(tables=False)
    except OperationalError as error:
        if _REFUSED_OPTIONS in str(error):
            raise Unusable(NO_OPTIONS) from error
    finally:
        connection.close()
