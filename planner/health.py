"""Two questions of a supervisor: does the process answer, and can it do its work?"""

import os
import shutil
import tempfile

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

TRIAL_BYTES = 64 * 1024
LEAST_BYTES = 100 * 2**20
"""Free space below which a solve's files may no longer fit."""


@never_cache
@require_safe
def live(request):
    """Answer; a process that cannot has to be restarted."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request):
    """Answer 200 when work can be taken, else 503 with what is missing.

    The broker is not asked: a run is accepted and kept without it.
    """
    checks = {
        "database": database_answers(),
        "queue folder": queue_is_writable(),
        "disk": disk_has_room(),
    }
    checks["migrations"] = checks["database"] and is_migrated()
    checks["static files"] = static_is_collected()
    checks["demo accounts closed"] = checks["migrations"] and demo_is_closed()
    well = all(checks.values())
    return JsonResponse(
        {"status": "ok" if well else "unavailable", "checks": checks},
        status=200 if well else 503,
    )


def database_answers():
    """Return whether a query comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def is_migrated():
    """Return whether the database has the shape this code expects."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def demo_is_closed():
    """Return whether no account of the demonstration is open on a real installation.

    They cannot sign in where DEMO is off; still somebody has to look at what else came
    with them. ``manage.py close_demo`` closes them.
    """
    return not settings.HTTPS or not get_user_model().objects.of_the_demo().exists()


def static_is_collected():
    """Return whether every file the desk's pages name is there.

    Without them each page fails, while the database and the queue are well.
    """
    desk = finders.AppDirectoriesFinder(app_names=["planner.desk"])
    try:
        for path, _storage in desk.list([]):
            staticfiles_storage.url(path)
    except ValueError:
        return False
    return True


def queue_is_writable():
    """Return whether the embedded queue can take a message (true with a server)."""
    return not settings.EMBEDDED or os.access(settings.QUEUE_DIR / "messages", os.W_OK)


def disk_has_room():
    """Return whether a solve could write its files: into the folder, and enough.

    A permission to write says nothing about a full disk, so a little is written.
    """
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as trial:
            trial.write(bytes(TRIAL_BYTES))
            trial.flush()
            os.fsync(trial.fileno())
        return shutil.disk_usage(settings.DATA_DIR).free >= LEAST_BYTES
    except OSError:
        return False
