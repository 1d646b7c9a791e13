"""Settings of gunicorn: its own lines go through our logging, one JSON object each."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

from django.conf import settings

from planner.environment import told_in_one_line

with told_in_one_line():
    lines = settings.LOGGING

ours = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
logconfig_dict = lines | {
    "loggers": {
        **lines["loggers"],
        "gunicorn.error": ours,
        # A request is logged by planner.middleware, without what people search for.
        "gunicorn.access": {"handlers": [], "propagate": False},
    }
}
