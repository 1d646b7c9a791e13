"""The WSGI application, for gunicorn; ``manage.py serve`` brings its own server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

application = get_wsgi_application()

# Needs the apps, which the line above has loaded.
from planner.schema_guard import SchemaGuard  # noqa: E402

application = SchemaGuard(application)
