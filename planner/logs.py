"""Structured logs: one JSON object a line, with request and run ids, without people.

``structlog`` loggers and Python's own go through the same processors. The scrubber
is the last one before rendering, so that nothing personal leaves by a side door.
"""

import re

import structlog

#: Keys whose values are never written, whoever logs them.
PERSONAL = frozenset(
    "nik name full_name first_name last_name username email phone birth_date sex "
    "disability passport address password token secret key authorization cookie ip "
    "user_agent".split()
)
REMOVED = "[removed]"
NATIONAL_ID = re.compile(
    # Our own ids and digests may happen to hold sixteen digits in a row.
    r"(?P<ours>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b)"
    r"|(?<!\d)\d(?:[ .-]?\d){15}(?!\d)"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
#: PostgreSQL repeats the offending row in the details of an error.
ROW = re.compile(
    r"(?:DETAIL|CONTEXT):.*|Key \(.*?\)=\(.*?\)|Failing row contains.*", re.DOTALL
)
URL_PASSWORD = re.compile(r"(\w+://[^:/\s]*):[^@\s]+@")


def clean(text):
    """Return the text without national ids, addresses, row contents and passwords."""
    text = ROW.sub(REMOVED, text)
    text = URL_PASSWORD.sub(rf"\1:{REMOVED}@", text)
    text = NATIONAL_ID.sub(lambda match: match["ours"] or REMOVED, text)
    return EMAIL.sub(REMOVED, text)


def scrub(value):
    """Return a log value without personal data, whatever its shape."""
    if isinstance(value, dict):
        return {
            key: REMOVED if str(key).lower() in PERSONAL else scrub(inner)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [scrub(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return REMOVED if NATIONAL_ID.fullmatch(str(value)) else value
    return clean(str(value))


def scrub_event(_logger, _method, event):
    """Scrub one event; structlog's processor shape."""
    return scrub(event)


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    # Plain tracebacks: the rich ones print every local variable.
    structlog.processors.format_exc_info,
]


def logging_config(style, level):
    """Return Django's ``LOGGING`` and configure structlog to feed it."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback
        )
    )
    quiet = {"handlers": [], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    scrub_event,
                    renderer,
                ],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "plain"}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # One line a request is written by planner.middleware.
            "django.server": quiet,
            "waitress.queue": {"level": "ERROR"},
        },
    }
