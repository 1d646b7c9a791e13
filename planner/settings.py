"""Every setting of the planner; each variable is explained where it is read.

Variables come from the environment, or from the file ``.env`` beside ``manage.py``
(another file: ``ENV_FILE``), which ``make demo`` fills with generated secrets.
Nothing secret has a default. With no variable but the secrets set, everything runs
embedded on one machine: SQLite, an in-tree worker, no server to install.
"""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from api.enum_names import ENUM_NAMES
from planner.desk.site import theme
from planner.environment import Reader, beside, queue_in
from planner.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(environ.Env().str("ENV_FILE", default=str(BASE_DIR / ".env")))
read = Reader()

# --- Secrets: `python -m planner.dotenv` writes the missing ones into .env -----

#: Signs sessions and links.
SECRET_KEY = read.secret("SECRET_KEY")
#: Encrypts national ids, disability and second factors. Several keys, separated by
#: commas, are tried in turn and the first one encrypts: that is how keys are rotated.
SECURED_FIELDS_KEY = read.keys("SECURED_FIELDS_KEY")
#: Keys the hash by which a national id is found again without being readable.
NIK_HASH_KEY = read.secret("NIK_HASH_KEY")

# --- Where it runs ------------------------------------------------------------------

#: Shows tracebacks to visitors; never on a machine that others reach.
DEBUG = read.boolean("DEBUG", default=False)
#: Host names it answers to, separated by commas.
ALLOWED_HOSTS = read.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
#: Served over https only: secure cookies and redirect. Off for the desk on one's
#: own machine; `check --deploy` asks for it everywhere else.
HTTPS = read.boolean("HTTPS", default=False)
#: Origins trusted for forms when a proxy changes the host, as https://desk.example.id
CSRF_TRUSTED_ORIGINS = read.list("CSRF_TRUSTED_ORIGINS", default=[])
#: How many proxies stand in front; 0 means that forwarded headers are not believed.
NUM_PROXIES = read.integer("NUM_PROXIES", default=0, at_least=0)
#: Folder for what the running system writes: SQLite file, embedded queue, collected
#: static files, solver scratch. Put it on a local disk, never on a network share.
DATA_DIR = read.folder("DATA_DIR", default=str(BASE_DIR / "var"))
#: "json" for machines, "console" for people (the default on a terminal); the level
#: as Python's logging names it.
LOGGING = logging_config(
    style=read.choice(
        "LOG_FORMAT",
        ["json", "console"],
        default="console" if sys.stderr.isatty() else "json",
    ),
    level=read.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO"),
)
#: Gives the demo's people logins, with this password. `make demo` and `make serve`
#: turn it on for one's own machine; a real installation never does.
DEMO = read.boolean("DEMO", default=False)
DEMO_PASSWORD = read.text("DEMO_PASSWORD", default="")
if DEMO and HTTPS:
    raise ImproperlyConfigured(
        "DEMO and HTTPS are both on: demo logins have no place on a real site. "
        "Unset DEMO."
    )
#: Seconds within which no run may still be solving, whatever limit was asked for.
ALLOCATION_MAX_SECONDS = read.integer(
    "ALLOCATION_MAX_SECONDS", default=4 * 3600, at_least=1
)
#: Megabytes of address space one solve may take before it alone is ended.
ALLOCATION_MAX_MEGABYTES = read.integer(
    "ALLOCATION_MAX_MEGABYTES", default=16_384, at_least=512
)
#: Options from which on a part of a run is worth a worker of its own.
ALLOCATION_PART_OPTIONS = read.integer(
    "ALLOCATION_PART_OPTIONS", default=20_000, at_least=1
)
#: Seconds after which a worker that no longer shows a sign of life has lost its run.
ALLOCATION_LEASE_SECONDS = read.integer(
    "ALLOCATION_LEASE_SECONDS", default=90, at_least=3
)
#: Seconds between a failed attempt at a job and the next: three attempts are all.
RETRY_SECONDS = (20, 120)

DJANGO_APPS = [
    "planner.desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
THIRD_PARTY_APPS = [
    "simple_history",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "secured_fields",
    "csp",
]
INSTALLED_APPS = [
    # Ours come first, so that our templates and words win over everybody else's.
    "planner",
    "planner.desk.apps.DeskConfig",
    "programs",
    "api",
    # The theme replaces templates of the admin, so it has to stand before it.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.simple_history",
    *DJANGO_APPS,
    *THIRD_PARTY_APPS,
]

MIDDLEWARE = [
    "planner.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before whatever reads a row: a test key calls into another database.
    "api.door.SandboxDoor",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "planner.middleware.AddSlash",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "planner.middleware.ReadersLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "planner.idle.IdleSessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "planner.middleware.DeskPolicy",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "api.handlers.TooBusy",
]

ROOT_URLCONF = "planner.urls"
WSGI_APPLICATION = "planner.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database -----------------------------------------------------------------------

#: sqlite:///path or postgres://user:password@host:5432/name
DATABASES = {
    "default": read.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/db.sqlite3")
}
# Writes claim rows by conditional updates in short transactions of their own; one
# transaction around each request would hold SQLite's only write lock far too long.
DATABASES["default"]["ATOMIC_REQUESTS"] = False
#: What partners try with test keys lives in a database of its own, beside the other, so
#: that nothing of it can reach plans, figures, files or pages (``programs.sandbox``).
DATABASES["sandbox"] = beside(DATABASES["default"], "sandbox")

#: With a server the time is the server's; with a file it is the machine's.
DATABASE_CLOCK = "postgresql" in DATABASES["default"]["ENGINE"]

# --- Queue --------------------------------------------------------------------------

#: filesystem://localhost (embedded), amqp://user:password@host// or
#: redis://host:6379/0
CELERY_BROKER_URL = read.text("CELERY_BROKER_URL", default="filesystem://localhost")
EMBEDDED = CELERY_BROKER_URL.startswith("filesystem:")

CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# The run row is the truth; a second place that tells a run's state could only lie.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A poisonous run would come back for ever; its lease brings it back three times.
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Named for what it carries: work of another kind gets a queue and workers of its own.
CELERY_TASK_DEFAULT_QUEUE = "solve"
CELERY_TASK_ROUTES = {
    "planner.work_on_file": {"queue": "files"},
    # Takes seconds, and must not wait behind hours of solving.
    "planner.search": {"queue": "files"},
    "planner.inquire": {"queue": "files"},
    "planner.send_mail": {"queue": "files"},
    "planner.print_letters": {"queue": "files"},
    "api.work_on_list": {"queue": "files"},
    "planner.what_if": {"queue": "files"},
    "api.deliver": {"queue": "hooks"},
}
CELERY_TASK_SOFT_TIME_LIMIT = ALLOCATION_MAX_SECONDS + 120
CELERY_TASK_TIME_LIMIT = ALLOCATION_MAX_SECONDS + 300
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_TIMEZONE = "Asia/Jakarta"
#: Days after which uploaded files nobody confirmed, and rows that were kept back, go.
RETAIN_FILES_DAYS = read.integer("RETAIN_FILES_DAYS", default=90, at_least=1)
#: Days for which the erasure of a person whose time is over is announced before.
RETAIN_NOTICE_DAYS = read.integer("RETAIN_NOTICE_DAYS", default=30, at_least=1)
#: What else is held about a person, beside the domain's own rows: the right of access.
HOLDERS = ["planner.allocation.review.held.held"]
#: What takes away the traces of a person who is erased, beside the domain's own.
FORGETTERS = [
    "api.forgetting.forget",
    "planner.allocation.review.forgetting.forget",
    "planner.mailing.forgetting.forget",
]
#: What the dispatcher calls at each tick, although nobody rang. ``now=`` goes to those
#: that ask for it; leases are judged by the database's clock.
DISPATCH = [
    "planner.allocation.vacancies.searches.ask",
    "planner.allocation.solving.hopeless.end",
    "planner.imports.hopeless.end",
    "planner.mailing.sending.end_hopeless",
    "planner.mailing.printing.end_hopeless",
    "planner.allocation.solving.inquiring.end",
    "api.bulk.jobs.end_hopeless",
    "planner.allocation.solving.what_ifs.end",
    "planner.jobs.dispatch.ring_waiting",
    "api.tasks.ring_due",
    "programs.domain.erasures.repeat",
]
#: What runs out by the clock alone, and cannot be taken back: called only while the
#: clock is to be believed (``planner.ticks``).
DISPATCH_BY_CLOCK = [
    "planner.allocation.decisions.expiry.expire_offers",
    "api.idempotency.purge",
    "api.bulk.jobs.purge",
    "api.hooks.log.purge",
    "planner.mailing.printing.purge",
    "programs.domain.retention.run",
    "programs.domain.retention_of_people.run",
]

if EMBEDDED:
    CELERY_BROKER_TRANSPORT = "planner.transport:Transport"
    QUEUE_DIR = DATA_DIR / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = queue_in(QUEUE_DIR)
    WORKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS
elif CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
    # Redis hands a job to a second worker when it was not acknowledged in this time.
    CELERY_VISIBILITY_TIMEOUT = ALLOCATION_MAX_SECONDS + 3600
    WORKER_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **WORKER_TRANSPORT_OPTIONS,
        "socket_timeout": 3,
        "socket_connect_timeout": 2,
    }
elif CELERY_BROKER_URL.startswith(("amqp:", "amqps:")):
    WORKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **WORKER_TRANSPORT_OPTIONS,
        "read_timeout": 3,
        "write_timeout": 3,
    }
else:
    raise ImproperlyConfigured(
        "CELERY_BROKER_URL has to start with filesystem://, amqp:// or redis://, "
        f"not {CELERY_BROKER_URL.partition(':')[0]}:. See docs/operations/settings.md."
    )

# --- Cache: sessions and rate limits of several processes have to meet somewhere ----

#: locmemcache:// (one process), rediscache://host:6379/1 or dbcache://cache_table
CACHES = {"default": read.cache("CACHE_URL", default="locmemcache://")}
if not EMBEDDED and CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    raise ImproperlyConfigured(
        "CACHE_URL is not set, but CELERY_BROKER_URL names a server: several web "
        "processes would each count rate limits for themselves. Set CACHE_URL to "
        "rediscache://host:6379/1, or to dbcache://cache_table after "
        "`manage.py createcachetable`."
    )
if not CACHES["default"]["BACKEND"].endswith("RedisCache"):
    # Django's other caches keep 300 entries and drop some of them beyond: whoever
    # guesses from 300 addresses would have the counts of the guesses forgotten.
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)

# --- People -------------------------------------------------------------------------

AUTH_USER_MODEL = "programs.User"
AUTHENTICATION_BACKENDS = ["planner.accounts.OwnAccounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "admin:index"
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "planner.accounts.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# The key is account and address together: see planner/accounts.py.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key"}
MFA_ADAPTER = "planner.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Talent exchange planner"
#: Whoever plans, approves or looks after accounts has a second factor, and shows it
#: anew before approving, publishing and giving rights.
SECOND_FACTOR = read.boolean(
    "SECOND_FACTOR", default=HTTPS, was="APPROVAL_SECOND_FACTOR"
)
#: Offers places only where the country's basis of transfer is noted; else warns.
TRANSFER_BASIS = read.boolean("TRANSFER_BASIS", default=HTTPS)
SESSION_COOKIE_AGE = 12 * 3600
#: Minutes without use after which somebody is signed out; 0: only after 12 hours.
SESSION_IDLE_MINUTES = read.integer("SESSION_IDLE_MINUTES", default=30, at_least=0)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Languages and time -------------------------------------------------------------

#: Language of visitors who have not chosen and whose browser asks for neither.
LANGUAGE_CODE = read.choice("LANGUAGE_CODE", ["en", "id"], default="en")
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
#: Dates are written out the same way in both languages.
FORMAT_MODULE_PATH = ["planner.desk.formats"]
#: Zone in which people read times; rows keep UTC.
TIME_ZONE = read.text("TIME_ZONE", default="Asia/Jakarta")
USE_TZ = True
USE_I18N = True

# --- Static files and mail ----------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HTTPS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HTTPS  # one's own machine
# Maps of sources are for debuggers: half of all bytes, and of the time to pack them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = DATA_DIR / "files"

#: Kept in files of the data folder, sent to nobody; or smtp+tls://user:password@host:587
vars().update(read.email("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}"))
#: The sender people see.
DEFAULT_FROM_EMAIL = read.text("DEFAULT_FROM_EMAIL", default="planner@localhost")
#: How people outside reach it, as https://desk.example.id: what links in e-mails and
#: letters begin with. Unset, they begin as the desk does for whoever orders them.
SITE_URL = read.origin("SITE_URL")

# --- Doors ----------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
#: Seconds for which browsers refuse plain http to this host name (31536000 is a year).
#: A promise that cannot be taken back before, so it is made by choice: 0 makes none.
SECURE_HSTS_SECONDS = read.integer("HSTS_SECONDS", default=0, at_least=0)
#: Makes the promise for every name below this host's as well.
SECURE_HSTS_INCLUDE_SUBDOMAINS = read.boolean("HSTS_SUBDOMAINS", default=False)
# Probes come from inside, over plain http.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if NUM_PROXIES else None
USE_X_FORWARDED_HOST = False
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES
X_FRAME_OPTIONS = "DENY"
# Five thousand people with their skills, in one list.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
#: What the theme of the desk needs beyond that: Alpine evaluates expressions.
DESK_SECURITY_POLICY = {
    "script-src": ["'unsafe-eval'"],
    "style-src": ["'unsafe-inline'"],
}
PERMISSIONS_POLICY = {
    feature: [] for feature in ("camera", "microphone", "geolocation", "payment", "usb")
}

# --- The API (what each endpoint allows stands in api/) -----------------------------

#: Requests a key or a person may make, and those of them that change something.
API_READ_RATE = read.rate("API_READ_RATE", default="600/min")
API_WRITE_RATE = read.rate("API_WRITE_RATE", default="120/min")

REST_FRAMEWORK = {
    # The key comes first, so that a missing one is answered 401 and not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.InstitutionKeyAuthentication",
        "api.authentication.PersonAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.Allowed"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.PlainJSON"],
    # OPTIONS would repeat the description; it is answered 405.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_FILTER_BACKENDS": [
        "api.searching.Filters",
        "api.searching.Search",
        "api.changes.ModifiedSince",
    ],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "api.schema.operations.Operation",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.ReadRate", "api.throttling.WriteRate"],
    "DEFAULT_THROTTLE_RATES": {
        "read": API_READ_RATE,
        "write": API_WRITE_RATE,
        "wrong_keys": "20/min",
    },
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": NUM_PROXIES,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "api.exceptions.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "api.exceptions.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    # As in a JSON pointer.
    "NESTED_FIELD_SEPARATOR": "/",
}
#: Lets webhooks reach plain http and inner networks: for one's own machine only.
WEBHOOKS_ANYWHERE = read.boolean("WEBHOOKS_ANYWHERE", default=False)

SPECTACULAR_SETTINGS = {
    "TITLE": "Talent exchange planner API",
    # api/guide.md takes its place at the head of the page.
    "DESCRIPTION": "Nominate people, offer slots, follow placements, run allocations.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.describe_all",
    ],
}

# --- The desk: its look stands in planner/desk/site -------------------------------

UNFOLD = theme.UNFOLD
#: HSTS is a choice (HSTS_SECONDS), so leaving it out is no fault.
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W021"]
