"""Every setting of the portal, read once from the environment; README.md lists the variables with their defaults."""

from base64 import b64encode
from datetime import timedelta
from email.utils import formataddr
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from portal.run import data_folder, postgres

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("DATA_DIR", default="") or BASE_DIR / "var").resolve()

# ---- The city. Another city changes these lines and the pictures in static/.
CITY_NAME = "Kota Tangerang"
SITE_NAME = f"Kabar {CITY_NAME}"
SITE_TAGLINE = f"Portal berita resmi Pemerintah {CITY_NAME}"
PUBLISHER = f"Dinas Komunikasi dan Informatika {CITY_NAME}"
CONTACT_EMAIL = "diskominfo@tangerangkota.go.id"
# Two colours for light screens and two for dark ones. Each must have a contrast of 4.5 : 1 (WCAG AA) with the paper,
# white or nearly black, and with text of the paper's colour on it.
COLOURS = {"light": {"brand": "#0b4f6c", "accent": "#a83d1a"}, "dark": {"brand": "#7cc4e0", "accent": "#f0926c"}}
OFFICE = {
    "address": "Gedung Pusat Pemerintahan Kota Tangerang, Jalan Satria Sudirman Nomor 1, Kota Tangerang 15111",
    "phone": "(021) 55764955",
    "links": [  # name, address; an empty list shows none
        ("PPID", "https://ppid.tangerangkota.go.id/"),
        ("SP4N-LAPOR!", "https://www.lapor.go.id/"),
    ],
    "social": [
        ("Instagram", "https://www.instagram.com/tangerangkota/"),
        ("Facebook", "https://www.facebook.com/tangerangkota.go.id/"),
        ("YouTube", "https://www.youtube.com/@TangerangTV"),
    ],
}
# Where the city takes complaints about its services, offered to commenters who write one; None: nothing is offered.
COMPLAINT_CHANNEL = ("SP4N-LAPOR!", "https://www.lapor.go.id/")
DATA_LICENCE = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.id")  # of the open data, /data
LANGUAGE_CODE = "id"
TIME_ZONE = "Asia/Jakarta"
ZONE_LABEL = "WIB"  # WIB, WITA or WIT: what stands behind a time of day
USE_TZ = True
USE_I18N = True  # for the admin's own texts, which Django translates
USE_THOUSAND_SEPARATOR = False  # on, it turns /b/70123 into /b/70.123


# ---- Addresses and processes
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WORKERS = env.int("WORKERS", default=2)
if not 1 <= WORKERS <= 64:
    raise ImproperlyConfigured("WORKERS harus antara 1 dan 64.")
SITE_URL = (env("SITE_URL", default="") or f"http://127.0.0.1:{PORT}").rstrip("/")
if urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured("SITE_URL harus alamat lengkap, misalnya https://berita.contoh.go.id.")
HTTPS = urlsplit(SITE_URL).scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or sorted(
    {urlsplit(SITE_URL).hostname, HOST, "127.0.0.1", "localhost", "[::1]"}
)
# Whose X-Forwarded-For is believed: addresses or networks, comma-separated.
TRUSTED_PROXIES = [ip_network(net) for net in env.list("TRUSTED_PROXIES", default=["127.0.0.0/8", "::1/128"])]
DEBUG = env.bool("DEBUG", default=False)
ADMIN_PATH = "/admin/"  # below it, and only there, are sessions, cookies and CSRF tokens
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Made at the first start (portal.run.data_folder): reading the settings writes nothing.
SECRET_KEY = env("SECRET_KEY", default="") or data_folder.secret_key(DATA_DIR)
SILENCED_SYSTEM_CHECKS = [] if SECRET_KEY else ["security.W009"]  # no key yet: Django refuses to sign without one

# ---- Database: the server that DATABASE_URL names, else the embedded one, which manage.py starts
EMBEDDED_DATABASE = not env("DATABASE_URL", default="")
DATABASES = {"default": postgres.connection_settings(DATA_DIR) if EMBEDDED_DATABASE else env.db()}
if not DATABASES["default"].get("NAME") or "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("DATABASE_URL harus berbentuk postgres://pengguna:sandi@server/nama.")
DATABASES["default"] |= {
    "HOST": unquote(DATABASES["default"]["HOST"]),  # %2Frun%2Fpostgresql: a socket's folder, which environ leaves so
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
    # Together the last two save a third of an article page's time (docs/decisions.md); PgBouncer needs 1.21 for them.
    "OPTIONS": {
        "connect_timeout": 1,
        # A server that vanishes without a word, by TCP: given up after some seconds, or every thread would wait.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "server_side_binding": True,
        "prepare_threshold": 3,
        **DATABASES["default"].get("OPTIONS", {}),  # ?sslmode=verify-full
    },
}

# ---- Applications and the way of a request
INSTALLED_APPS = [
    "portal",
    "comments",
    "news",
    "portal.apps.NewsroomConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, which FORM_RENDERER looks for among those of the applications
    "axes",
    "captcha",
    "csp",
    "django_prose_editor",
    "js_asset",
]
# Outermost first. The order is measured: docs/decisions.md tells what breaks when two of these change places.
MIDDLEWARE = [
    "news.pageviews.JournalMiddleware",
    "portal.middleware.ForgetQueryMiddleware",
    "portal.middleware.ConditionalGetMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "portal.middleware.GZipMiddleware",
    "portal.middleware.EtagMiddleware",
    "portal.middleware.BadRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.AdminBoundaryMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.DatabaseDownMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.middleware.AdminSessionMiddleware",
    "portal.middleware.AdminAuthenticationMiddleware",
    "portal.middleware.AdminMessageMiddleware",
    "axes.middleware.AxesMiddleware",
]
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
# A page lives one second in each process; nginx does the rest. Two entries a page.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 200},
    }
}
CACHE_MIDDLEWARE_SECONDS = 0  # only what says max-age itself is kept

# ---- Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
PAGEVIEWS_DIR = DATA_DIR / "pageviews"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- Security
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sehat$"]  # the monitor on the same host asks without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 2 * 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_PATH = ADMIN_PATH
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_PATH = ADMIN_PATH
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
_colours = {mode: f":root{{--brand:{each['brand']};--accent:{each['accent']}}}" for mode, each in COLOURS.items()}
# The one <style> of a page, which the policy names by its hash.
COLOURS_CSS = f"{_colours['light']}@media (prefers-color-scheme:dark){{{_colours['dark']}}}"
_CSP = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF, f"'sha256-{b64encode(sha256(COLOURS_CSS.encode()).digest()).decode()}'"],
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
# The editor brings an import map (nonce) and styles of its own; nothing of this reaches a reader's page.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, NONCE],
    "style-src": [SELF, UNSAFE_INLINE],
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
        "OPTIONS": {"min_length": 10},
    }
]
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # one bad neighbour must not lock an editor out
AXES_CLIENT_IP_CALLABLE = "news.web.senders.address"
AXES_LOCKOUT_CALLABLE = "portal.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# ---- Comments
COMMENTS_PER_HOUR = env.int("COMMENTS_PER_HOUR", default=20)  # of one sender; 0: no limit
COMMENTS_PER_HOUR_TOTAL = env.int("COMMENTS_PER_HOUR_TOTAL", default=1_000)  # of all together; 0: no limit
COMMENTS_CONFIRM_EMAIL = env.bool("COMMENTS_CONFIRM_EMAIL", default=False)  # by an e-mail, before a moderator reads it
COMMENT_DATA_DAYS = env.int("COMMENT_DATA_DAYS", default=90)  # how long personal data outlives the decision
if COMMENT_DATA_DAYS < 1:
    raise ImproperlyConfigured("COMMENT_DATA_DAYS harus 1 hari atau lebih.")
CAPTCHA_CHALLENGE_FUNCT = "comments.captcha.picture.challenge"
CAPTCHA_TIMEOUT = 20  # minutes: it is issued when somebody begins to write

# ---- E-mail, which the worker sends
MAIL_IS_ON = bool(env("EMAIL_URL", default=""))  # else nobody is written to, and no page offers what needs an e-mail
DEFAULT_FROM_EMAIL = formataddr((SITE_NAME, env("EMAIL_FROM", default="") or CONTACT_EMAIL))
_mail: dict = {"timeout": 10}  # seconds, of each word to the mail server
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
MAILERS = {"default": {"OPTIONS": _mail}}  # as Django 6.1 reads it; for 5.2 comments.mail.outbox does

# ---- Everything is said on standard error, for journald or the terminal that runs `serve`
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "portal": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # a mistyped address is no event
        "gunicorn.http": {"level": "ERROR"},  # gunicorn 27 warns of every HEAD, which monitors send all day
        "django.security.csrf": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners ask for foreign hosts all day
    },
}
