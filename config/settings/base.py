"""Settings that every environment shares."""

import base64
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config.env import data_file, database, env, key_file, redis_urls
from config.settings.offices import UNFOLD_MERCHANT, UNFOLD_OPERATOR  # noqa: F401 -- Unfold reads them

BASE_DIR = Path(__file__).resolve().parents[2]
RUN_DIR = Path(env.str("RUN_DIR", default=str(BASE_DIR / ".run")))

SECRET_KEY = base64.b64encode(key_file("SECRET_KEY_FILE")).decode()
MASTER_KEYS_FILE = env.str("MASTER_KEY_FILE")
DEBUG = False
BASE_DOMAIN = env.str("BASE_DOMAIN", default="localhost")
PUBLIC_PORT = env.str("PUBLIC_PORT", default="")
OPS_HOST = f"ops.{BASE_DOMAIN}"
# Which host is a shop is decided by the directory table, so every syntactically valid host gets
# this far; an unknown one is answered 404 by tenants.middleware before any view runs.
ALLOWED_HOSTS = ["*"]

# Suppliers at the machine's own address, and over http: simulators only.
SUPPLIERS_MAY_BE_LOCAL = False
WEBHOOKS_MAY_BE_LOCAL = False
# Trials only: a simulator knows at once what it has, a supplier after its protocol's settle window.
SUPPLIERS_SETTLE_SECONDS = env.float("SUPPLIERS_SETTLE_SECONDS", default=None)

# Networks whose X-Forwarded-For is believed, its last address only: the proxy in front of us.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "core",
    "tenants",
    "catalog",
    "inventory",
    "suppliers",
    "risk",
    "payments",
    "orders",
    "fulfillment",
    "channels",
    "analytics",
    "notices",
    "reports",
    "storefront",
    "api",
    "dashboard",
    "config",
]

MIDDLEWARE = [
    "core.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before whatever may answer in a view's stead: a refusal is a page too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.PagePolicy",
    "core.middleware.AskedLanguage",
    "tenants.middleware.HostDecidesShop",
    "core.middleware.CallsGoStraight",
    "tenants.middleware.SessionKeyIsOurs",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.SessionStaysHome",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Last: its process_view runs the view itself, so every other process_view must come first.
    "core.middleware.ViewTransaction",
]

ROOT_URLCONF = "config.urls"
OPS_URLCONF = "config.urls_ops"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.context.shop",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# One database, three roles: `default` is bound to a tenant by row-level security,
# `ops` looks across tenants, `owner` migrates. The tests mirror the first two onto the third.
DATABASES = {
    "default": database("DATABASE_URL") | {"TEST": {"MIRROR": "owner"}},
    "ops": database("DATABASE_OPS_URL", fallback="DATABASE_URL") | {"TEST": {"MIRROR": "owner"}},
    "owner": database("DATABASE_OWNER_URL", fallback="DATABASE_URL") | {"CONN_MAX_AGE": 0},
}
# Off where a pooler hands the server's sessions around by transaction (see core.statements).
DB_PREPARED = env.bool("DB_PREPARED", default=True)
DATABASE_ROUTERS = ["core.routers.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL, CELERY_BROKER_URL = redis_urls()
# Redis only makes things sooner: what must survive a flush (login and look-up limits,
# sessions) lives in Postgres, and this cache answers "not there" while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "core.cache.SoftRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
        "KEY_PREFIX": "qy",
    },
}

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "fast"
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_CONSUMER = "core.worker:Listener"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # For who nudges, which may be a shopper's request; a worker listens with more patience.
    "socket_connect_timeout": 0.1,
    "socket_timeout": 0.1,
    "visibility_timeout": 600,
    "max_retries": 0,
}
CELERY_TASK_ROUTES = {
    "channels.send_webhooks": {"queue": "webhooks"},
    "notices.send": {"queue": "webhooks"},
    "fulfillment.send": {"queue": "upstream"},
    "fulfillment.watch_balance": {"queue": "upstream"},
    "fulfillment.work_on_bill": {"queue": "bulk"},
    "suppliers.sync_products": {"queue": "upstream"},
    "api.tell_door_order": {"queue": "webhooks"},
    "api.tell_door_watch": {"queue": "webhooks"},
    "inventory.run_import": {"queue": "bulk"},
    "inventory.go_through_batch": {"queue": "bulk"},
    "reports.run_export": {"queue": "bulk"},
    "analytics.recut": {"queue": "bulk"},
    "reports.mail_run": {"queue": "webhooks"},
}

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["core.passwords.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "dashboard.accounts.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = False  # ours live in Postgres: core.limits
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "dashboard.factors.StaffFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "dashboard.factors.NewFactor",
    "authenticate": "dashboard.factors.SignInCode",
    "reauthenticate": "dashboard.factors.CodeAgain",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # we keep no second table of addresses
LOGIN_URL = "/office/login/"
LOGIN_REDIRECT_URL = "/office/"

# Without a mail server, letters are files that a developer can open.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail:///" + str(RUN_DIR / "outbox"))
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds: a mail server that hangs holds no process
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"noreply@{BASE_DOMAIN}")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "qy_session"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "qy_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "qy_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(RUN_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# How long a process may answer from memory what a visitor may see a moment late (core.kept).
KEPT_SECONDS = env.float("KEPT_SECONDS", default=2.0)
# Where addresses and phone numbers are from: newer files than the packages bring (risk.places).
IP_REGIONS_FILE, PHONE_REGIONS_FILE = data_file("IP_REGIONS_FILE"), data_file("PHONE_REGIONS_FILE")
UPLOADS_DIR = RUN_DIR / "uploads"
# An uploaded file of codes is encrypted as it arrives, so Django must never spool it to disk.
FILE_UPLOAD_HANDLERS = ["core.uploads.SealedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LOGGING_CONFIG = "core.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", default="INFO")}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "core.api.answer_refusal",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "api.described.schema.PartnerSchema",
}
# Seconds between two batches of the request log (api.calls); 0: none is written by itself.
CALLS_WRITTEN_EVERY = env.float("CALLS_WRITTEN_EVERY", default=1.0)
# The rest of what the API says of itself: api/described.
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["api.described.document.only_ours"],
    "POSTPROCESSING_HOOKS": ["api.described.document.tidy"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SORT_OPERATIONS": False,
}

# Where the sandbox's payment notices knock: our own web process, from the worker.
SANDBOX_GATE = env.str(
    "SANDBOX_GATE", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}"
)

# Who may read /metrics: whoever says it; nobody while it is empty.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Where fail-points look for a file that tells them to die; unset in production (core.failpoints).
FAILPOINTS_DIR = env.str("FAILPOINTS_DIR", default="")
