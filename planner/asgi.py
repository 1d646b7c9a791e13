"""The ASGI application, for servers that speak it; nothing here needs it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

application = get_asgi_application()
