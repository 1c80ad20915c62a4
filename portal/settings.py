"""All settings, read once from the environment and the settings file; README.md lists them and their defaults."""

from base64 import b64encode
from email.utils import formataddr
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import django
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal import city
from portal.run import data_folder, postgres, settings_file

BASE_DIR = Path(__file__).resolve().parent.parent
env = settings_file.Settings()
SETTINGS_FILE = env.file  # None if there is none
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")

# ---- The city, from a file of its own; portal/city/kota.toml is the default and explains the keys
_city_in_data_dir = DATA_DIR / "kota.toml"
CITY_FILE = env.path("CITY_FILE", _city_in_data_dir if _city_in_data_dir.exists() else city.DEFAULT)
CITY = city.read(CITY_FILE)
CITY_NAME = CITY.name
SITE_NAME = CITY.site_name
SITE_TAGLINE = CITY.tagline
PUBLISHER = CITY.publisher
CONTACT_EMAIL = CITY.email
COLOURS = CITY.colours
# Suggested to people whose comment is a complaint about the city's services; None: no suggestion.
COMPLAINT_CHANNEL = CITY.complaint_channel
DATA_LICENCE = CITY.data_licence  # for the open data at /data
OFFICE = {
    "address": CITY.address,
    "phone": CITY.phone,
    "links": [*CITY.links, *([COMPLAINT_CHANNEL] if COMPLAINT_CHANNEL else [])],
    "social": CITY.social,
}
LANGUAGE_CODE = "id"
TIME_ZONE = CITY.time_zone
ZONE_LABEL = CITY.zone_label  # WIB, WITA or WIT, shown after a time of day
USE_TZ = True
USE_I18N = True  # for the admin's texts, which Django translates
USE_THOUSAND_SEPARATOR = False  # True would turn /b/70123 into /b/70.123


# ---- Addresses and processes
HOST = env.listening_host("HOST", default="127.0.0.1")
PORT = env.number("PORT", default=8000, least=0, most=65535)
WORKERS = env.number("WORKERS", default=2, least=1, most=64)
SITE_URL = env.site("SITE_URL", default=f"http://127.0.0.1:{PORT}")
HTTPS = SITE_URL.startswith("https:")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS") or sorted(
    {*map(settings_file.in_brackets, (urlsplit(SITE_URL).hostname or "", HOST)), "127.0.0.1", "localhost", "[::1]"}
)
# Proxies whose X-Forwarded-For is trusted: addresses or networks, comma-separated.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", default=["127.0.0.0/8", "::1/128"])
# Where the newsroom can be opened from, beside this machine itself; everywhere if empty
ADMIN_NETWORKS = env.networks("ADMIN_NETWORKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
# Whether somebody else than its writer has to publish an article; an editor may override that with a reason.
REVIEW_BY_SECOND_PERSON = env.bool("REVIEW_BY_SECOND_PERSON", default=False)
# Whether everybody in the newsroom needs a second step to log in; Administrators always do, after 14 days.
REQUIRE_2FA = env.bool("REQUIRE_2FA", default=False)
ADMIN_PATH = "/admin/"  # sessions, cookies and CSRF tokens exist only below this path
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Generated at the first start by portal.run.data_folder; reading the settings writes nothing.
SECRET_KEY = env("SECRET_KEY", default="") or data_folder.secret_key(DATA_DIR)
SILENCED_SYSTEM_CHECKS = [] if SECRET_KEY else ["security.W009"]  # no key yet; Django refuses to sign without one

# ---- Database: the server in DATABASE_URL, or else the embedded one, which manage.py starts
EMBEDDED_DATABASE = not env("DATABASE_URL", default="")
# A replica of it, for pages that readers see: portal.replica
REPLICA_LAG = env.number("REPLICA_LAG", default=5, least=1, most=3600)  # seconds that it may be behind
DATABASES = {"default": postgres.connection_settings(DATA_DIR) if EMBEDDED_DATABASE else env.database("DATABASE_URL")}
if env("REPLICA_URL", default=""):
    # In every process with an end to each wait: the worker, too, asks how far it is behind.
    DATABASES["replica"] = env.database("REPLICA_URL") | {"ENGINE": "news.web.database"}
    DATABASE_ROUTERS = ["news.web.reads.Router"]
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 30  # seconds: each has its process of Postgres, which grows with what it was asked
    _database["CONN_HEALTH_CHECKS"] = True
    # Django reads the choices of every form through one; a PgBouncer that pools transactions loses them.
    _database["DISABLE_SERVER_SIDE_CURSORS"] = True
    _database["OPTIONS"] = {
        "connect_timeout": 2,  # psycopg's shortest
        # For TCP: gives up on a server that vanishes after some seconds; otherwise every thread would wait for it.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        # These two save a third of an article page's time (docs/decisions.md); README.md tells about PgBouncer.
        "server_side_binding": True,
        "prepare_threshold": 3,
        **_database.get("OPTIONS", {}),  # ?sslmode=verify-full
    }

# ---- Applications, middleware, templates and cache
INSTALLED_APPS = [
    "portal",
    "portal.login",
    "portal.unsaved",
    "portal.audit",
    "portal.hosts",
    "comments",
    "news",
    "portal.apps.NewsroomConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # FORM_RENDERER looks for its templates among those of the applications
    "axes",
    "captcha",
    "csp",
    "django_prose_editor",
    "js_asset",
]
# Outermost first. The order matters: docs/decisions.md lists what breaks if two of these are swapped.
MIDDLEWARE = [
    "portal.middleware.ProxyHeadersMiddleware",
    "portal.request_ids.RequestIdMiddleware",
    "news.pageviews.JournalMiddleware",
    "portal.middleware.ForgetQueryMiddleware",
    "portal.middleware.ConditionalGetMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "portal.middleware.GZipMiddleware",
    "portal.middleware.EtagMiddleware",
    "portal.middleware.UnknownProxyMiddleware",
    "portal.bodies.BodyLimitMiddleware",
    "portal.middleware.BadRequestMiddleware",
    "portal.middleware.HttpsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.AdminBoundaryMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.DatabaseDownMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.login.middleware.LoginBoundsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.middleware.AdminSessionMiddleware",
    "portal.middleware.AdminAuthenticationMiddleware",
    "portal.middleware.AdminMessageMiddleware",
    "portal.unsaved.middleware.UnsavedMiddleware",
    "axes.middleware.AxesMiddleware",
]
# Where the worker shows figures for Prometheus; None: nowhere, and nothing is counted.
METRICS = env.listening_address("METRICS")
if METRICS is not None:
    MIDDLEWARE.insert(0, "portal.metrics.requests.MetricsMiddleware")
if "replica" in DATABASES:
    MIDDLEWARE.insert(MIDDLEWARE.index("portal.middleware.DatabaseDownMiddleware"), "portal.replica.ReplicaMiddleware")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    },
]
# Each process caches a page for one second; nginx does the rest. Each page takes two entries.
CACHES = {
    "default": {
        "BACKEND": "news.web.monotonic_cache.MonotonicCache",
        "OPTIONS": {"MAX_ENTRIES": 200},
    }
}
CACHE_MIDDLEWARE_SECONDS = 0  # only responses that set max-age themselves are cached

# ---- Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
DOCUMENTS_ROOT = DATA_DIR / "documents"  # never served as a folder: news.documents
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.staticfiles.LogoFinder",
]
LOGO = CITY.logo.icon  # names of static files
LOGO_PICTURE = CITY.logo.picture  # a PNG, or None
STORAGES: dict[str, dict] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Photos in a bucket of an S3 server instead of MEDIA_ROOT: portal.bucket. Documents stay on the disk.
MEDIA_S3_URL = env.bucket("MEDIA_S3_URL")  # the server and the bucket, or None
_s3 = {
    "access_key": env.key("MEDIA_S3_KEY"),
    "secret_key": env.key("MEDIA_S3_SECRET"),
    "region_name": env.key("MEDIA_S3_REGION", default="us-east-1"),  # which servers of one's own do not ask for
}
if MEDIA_S3_URL:
    if not (_s3["access_key"] and _s3["secret_key"]):
        raise ImproperlyConfigured("MEDIA_S3_URL memerlukan MEDIA_S3_KEY dan MEDIA_S3_SECRET.")
    if not (find_spec("storages") and find_spec("boto3")):
        raise ImproperlyConfigured(
            "MEDIA_S3_URL memerlukan paket tambahan: jalankan .venv/bin/pip install -q -r requirements-s3.txt"
        )
    _place = {"endpoint_url": MEDIA_S3_URL[0], "bucket_name": MEDIA_S3_URL[1]}
    STORAGES["default"] = {"BACKEND": "portal.bucket.storage.Bucket", "OPTIONS": _s3 | _place}
elif _s3["access_key"] or _s3["secret_key"]:
    raise ImproperlyConfigured("MEDIA_S3_KEY dan MEDIA_S3_SECRET memerlukan MEDIA_S3_URL: foto ada di cakram.")
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
PAGEVIEWS_DIR = DATA_DIR / "pageviews"
# A backup of every night, kept as portal.nightly says; None: there is none.
BACKUP_DIR = env.path("BACKUP_DIR", Path()) if env("BACKUP_DIR", default="") else None
# How large the archive of the embedded server's WAL there may become: portal.backup.wal
BACKUP_WAL_BYTES = env.number("BACKUP_WAL_GB", default=10, least=1, most=10_000) * 1024**3
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- Security
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sehat$"]  # a monitor on the same host connects without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 2 * 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600  # without use: portal.login.sessions
SESSION_COOKIE_PATH = ADMIN_PATH
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_PATH = ADMIN_PATH
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
_colours = {mode: f":root{{--brand:{each['brand']};--accent:{each['accent']}}}" for mode, each in COLOURS.items()}
# The only <style> of a page; the CSP allows it by its hash.
COLOURS_CSS = f"{_colours['light']}@media (prefers-color-scheme:dark){{{_colours['dark']}}}"
_COLOURS_HASH = f"'sha256-{b64encode(sha256(COLOURS_CSS.encode()).digest()).decode()}'"
_CSP = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF, _COLOURS_HASH],
    "img-src": [SELF],
    "font-src": [SELF],
    "media-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _CSP}
# The editor needs an import map (nonce) and adds a <style>, always the same one: a browser that refuses it after an
# update of the editor names its new hash in its console, and tests/test_writing_browser.py fails.
_EDITORS_HASH = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, NONCE],
    "style-src": [SELF, _COLOURS_HASH, _EDITORS_HASH],
    "img-src": [SELF, "data:", "blob:"],
}
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "portal.login.passwords.GuessableValidator"},
]
# axes keeps the records of log-ins, for superusers; who must wait is decided by portal.login.
AXES_LOCK_OUT_AT_FAILURE = False
AXES_CLIENT_IP_CALLABLE = "news.web.senders.address"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# ---- Comments
# Per sender, and from all senders; 0: no limit
COMMENTS_PER_HOUR = env.number("COMMENTS_PER_HOUR", default=20, least=0, most=1_000_000)
COMMENTS_PER_HOUR_TOTAL = env.number("COMMENTS_PER_HOUR_TOTAL", default=1_000, least=0, most=1_000_000)
# Requires an e-mail address, whose owner confirms the comment before a moderator sees it.
COMMENTS_CONFIRM_EMAIL = env.bool("COMMENTS_CONFIRM_EMAIL", default=False)
# How long personal data is kept after the decision
COMMENT_DATA_DAYS = env.number("COMMENT_DATA_DAYS", default=90, least=1, most=36_500)
CAPTCHA_CHALLENGE_FUNCT = "comments.captcha.picture.challenge"
CAPTCHA_TIMEOUT = 20  # minutes; long, since it is issued when somebody begins to write

# ---- E-mail, which the worker sends
MAIL_IS_ON = bool(env("EMAIL_URL", default=""))  # if not, no e-mail is queued and pages hide what needs it
_sender = env("EMAIL_FROM", default="") or CONTACT_EMAIL
if not city.EMAIL.fullmatch(_sender):
    raise ImproperlyConfigured("EMAIL_FROM harus satu alamat email saja, misalnya redaksi@contoh.go.id.")
DEFAULT_FROM_EMAIL = formataddr((SITE_NAME, _sender))
_mail: dict = {"host": "localhost", "timeout": 10}  # seconds, for each network operation
if MAIL_IS_ON:
    _PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
    try:
        _scheme, _server = urlsplit(env("EMAIL_URL")).scheme, env.email_url("EMAIL_URL")
        _mail |= {"host": _server["EMAIL_HOST"], "port": _server["EMAIL_PORT"] or _PORTS[_scheme]}
    except (ValueError, KeyError, ImproperlyConfigured):
        _mail["host"] = ""
    if not _mail["host"]:
        raise ImproperlyConfigured(
            "EMAIL_URL harus berbentuk smtp+tls://pengguna:sandi@server:587, smtp+ssl://... atau smtp://..."
        )
    _mail |= {"use_tls": _scheme == "smtp+tls", "use_ssl": _scheme == "smtp+ssl"}
    _mail |= {"username": _server["EMAIL_HOST_USER"] or "", "password": _server["EMAIL_HOST_PASSWORD"] or ""}
elif COMMENTS_CONFIRM_EMAIL:
    raise ImproperlyConfigured("COMMENTS_CONFIRM_EMAIL memerlukan EMAIL_URL: tanpa surat, tidak ada konfirmasi.")
ERROR_EMAIL = env("ERROR_EMAIL", default="")  # where errors are mailed to: portal.mailed_errors
if ERROR_EMAIL and not MAIL_IS_ON:
    raise ImproperlyConfigured("ERROR_EMAIL memerlukan EMAIL_URL: tanpa itu, tidak ada surat.")
if ERROR_EMAIL and not city.EMAIL.fullmatch(ERROR_EMAIL):
    raise ImproperlyConfigured("ERROR_EMAIL harus satu alamat email saja, misalnya pengelola@contoh.go.id.")
MAILERS = {"default": {"OPTIONS": _mail}}  # from Django 6.1 on
if django.VERSION < (6, 1):
    EMAIL_TIMEOUT = _mail["timeout"]
    EMAIL_HOST, EMAIL_PORT = _mail["host"], _mail.get("port", 25)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("username", ""), _mail.get("password", "")
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("use_tls", False), _mail.get("use_ssl", False)

# ---- Logging: to standard error, for journald or the terminal that runs `serve`
LOG_FORMAT = env.choice("LOG_FORMAT", "text", "json")  # json: one object a line, for a collector of logs
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "portal.logs.Formatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "portal.logs.JsonFormatter"},
    },
    "filters": {
        "once_per_second": {"()": "portal.logs.OncePerSecond"},
        "no_outages": {"()": "portal.logs.NoOutages"},
        "no_silent_peers": {"()": "portal.logs.NoSilentPeers"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["once_per_second"]},
        "mail": {"class": "portal.mailed_errors.Handler", "formatter": "text", "filters": ["no_outages"]},
    },
    # Mail first: the filter of the other shortens what it lets through.
    "root": {"handlers": ["mail", "stderr"] if ERROR_EMAIL else ["stderr"], "level": "WARNING"},
    "loggers": {
        "portal": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # no log entry for each mistyped address
        "gunicorn.error": {"filters": ["no_silent_peers"], "propagate": True},
        "gunicorn.http": {"level": "ERROR"},  # gunicorn 27 warns about every HEAD, which monitors send all day
        "axes": {"level": "ERROR"},  # it would log names, among them passwords typed into the wrong field
        # Anybody can send other host names or a thousand parameters, all day, and each would leave a traceback.
        "django.security": {"level": "CRITICAL"},
    },
}

env.refuse_unknown()
