"""Settings, read from the environment; every state lies in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ

import canone

env = environ.Env()

PACKAGE = Path(canone.__file__).resolve().parent
ROOT = PACKAGE.parent.parent
DATA = Path(env.str("CANONE_DATA", str(ROOT / "var"))).resolve()
DATA.mkdir(parents=True, exist_ok=True)
FILES = DATA / "files"
ASSETS = Path(env.str("CANONE_ASSETS", str(DATA / "assets")))
ASSETS.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    """Return the firm's secret, made once and readable by nobody else."""
    given = str(env.str("CANONE_SECRET_KEY", ""))
    if given:
        return given
    path = DATA / "secret"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


SECRET_KEY = _secret()
DEBUG = env.bool("CANONE_DEBUG", False)
# The machine itself always reaches its pages: launcher and monitors ask whether all is up.
ALLOWED_HOSTS = [*env.list("CANONE_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"]
PROXIES = [one.strip() for one in env.list("CANONE_PROXIES", default=["127.0.0.1", "::1"])]
CSRF_TRUSTED_ORIGINS = env.list("CANONE_ORIGINS", default=[])

CONTEXTS = [
    "canone.base.access",
    "canone.base.firm",
    "canone.base.numbering",
    "canone.base.history",
    "canone.base.events",
    "canone.base.tasks",
    "canone.base.files",
    "canone.base.mail",
    "canone.base.printing",
    "canone.base.exchange",
    "canone.base.backups",
    "canone.ui",
    "canone.registers.parties",
    "canone.registers.catalog",
    "canone.registers.assets",
    "canone.ledgers.invoicing",
    "canone.ledgers.allowances",
    "canone.desks.contracts",
    "canone.desks.assistance",
    "canone.channels.connectors",
    "canone.channels.webhooks",
    "canone.config",
]
INSTALLED_APPS = [
    *CONTEXTS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
]
MIDDLEWARE = [
    "canone.config.metrics.MeasuringMiddleware",
    "canone.config.logs.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "canone.config.versions.VersionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "canone.config.logs.UserMiddleware",
    "canone.ui.middleware.PreferencesMiddleware",
    "canone.config.set_up.SetUpMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "canone.config.sessions.SeenMiddleware",
    "canone.config.second_factor.SecondFactorMiddleware",
    "canone.ui.middleware.ReferenceMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "canone.config.urls"
WSGI_APPLICATION = "canone.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "canone.ui.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "canone.ui.forms.Renderer"
UI = {
    "menu": "canone.config.menu.AREAS",
    "own": "canone.config.menu.OWN",
    "slots": "canone.config.panels.SLOTS",
    "origins": "canone.config.origins.ORIGINS",
    "search": "canone.config.search.PROVIDERS",
}

DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{DATA / 'canone.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA wal_autocheckpoint=4000;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
            "PRAGMA mmap_size=67108864;"
        ),
    }
else:
    # Pages ask many short questions of tables on a disk without a head: PostgreSQL would rather
    # read a table whole than follow an index a thousand times, and compile what takes 5 ms.
    asked = DATABASES["default"].setdefault("OPTIONS", {})
    asked["options"] = f"-c random_page_cost=1.1 -c jit=off {asked.get('options', '')}".strip()
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "canone.config.accounts.Adapter"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
SOCIALACCOUNT_ADAPTER = "canone.config.oidc.flow.SocialAdapter"
MFA_ADAPTER = "canone.config.accounts.FactorAdapter"
MFA_FORMS = {
    "authenticate": "canone.config.guesses.forms.EnterForm",
    "reauthenticate": "canone.config.guesses.forms.AgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Canone"
CSRF_FAILURE_VIEW = "canone.ui.errors.csrf"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
ACCOUNT_LOGOUT_ON_GET = False
# Nothing is counted per network address alone: behind one proxy that would be everybody.
ACCOUNT_RATE_LIMITS = {
    "login": False,  # django-axes counts wrong passwords, per address and network
    "login_failed": False,  # guesses/ counts wrong codes
    "reset_password": "5/m/key",  # mails to one address
    "reset_password_from_key": False,  # nobody guesses a signed link
    "signup": False,  # is closed
}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "canone.config.doors.counted_as"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "canone.config.accounts.locked_out"
AXES_ENABLED = env.bool("CANONE_AXES", True)

MAIL_FROM = env.str("CANONE_MAIL_FROM", "")
MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
MAIL_SERVER: dict[str, object] = {}
if env.str("CANONE_MAIL_URL", ""):
    _mail = env.email_url("CANONE_MAIL_URL")
    MAIL_SERVER = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"],
        "username": _mail["EMAIL_HOST_USER"],
        "password": _mail["EMAIL_HOST_PASSWORD"],
        "use_tls": _mail.get("EMAIL_USE_TLS", False),
        "use_ssl": _mail.get("EMAIL_USE_SSL", False),
        "timeout": 30,
    }
EMAIL_BACKEND = "canone.config.outbox.OutboxBackend"

LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("fr", "Français"), ("en", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [("vendor", ASSETS)]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES},
    },
    "staticfiles": {
        "BACKEND": env.str(
            "CANONE_STATIC_STORAGE",
            "whitenoise.storage.CompressedManifestStaticFilesStorage",
        )
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
RESCUE_SECONDS = env.float("CANONE_RESCUE_SECONDS", 40)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env.bool("CANONE_SECURE_COOKIES", False)
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
if SECURE_COOKIES:
    # all traffic is TLS, ended by a proxy that says so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("CANONE_HSTS_SECONDS", 0)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Requests a minute to the API: of one token or person, and of one address that nobody knows.
API_RATE = env.int("CANONE_API_RATE", 600)
API_ADDRESS_RATE = env.int("CANONE_API_ADDRESS_RATE", 60)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Off unless set: who may read /metrics, and whom faults are told.
METRICS_TOKEN = env.str("CANONE_METRICS_TOKEN", "")
SENTRY_DSN = env.str("CANONE_SENTRY_DSN", "")
# Set by the launcher where a worker must be alive for all to be well.
EXPECT_WORKER = env.bool("CANONE_EXPECT_WORKER", False)

# To the console only: the launcher writes the file, with the time and the process's name.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "canone.config.logs.Text"},
        "json": {"()": "canone.config.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.str("CANONE_LOG_FORMAT", "text") == "json" else "text",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("CANONE_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
