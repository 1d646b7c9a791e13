"""The image's steps, as far as they can be known where no engine builds it."""

import importlib.util
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.paths import ROOT

IMAGE = (ROOT / "docs" / "operations" / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
STARTED = re.compile(r"(?:python -m |python:|\"gunicorn\", \")([a-z][\w.]*)")
HEALTH = re.compile(r"^HEALTHCHECK .*?CMD \\\n\s*(\[.*?\])$", re.MULTILINE | re.DOTALL)
OURS = ("prepare", "web", "solve", "dispatch")


def test_secrets_and_data_stay_out_of_the_image():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".venv", ".git", "var"} <= set(left_out)


def test_what_is_copied_compiled_and_started_is_there():
    for source in re.findall(r"^COPY (?:--\S+ )?(\S+) \S+$", IMAGE, re.MULTILINE):
        assert (ROOT / source).exists(), source
    for folder in re.findall(r"--directory (\S+)", IMAGE):
        assert list((ROOT / folder).glob("*/LC_MESSAGES/django.po")), folder
    for module in STARTED.findall(IMAGE):
        assert importlib.util.find_spec(module), module


def test_the_image_has_what_a_backup_calls():
    assert "postgresql-client" in IMAGE


@pytest.mark.parametrize("name", OURS)
def test_services_call_commands_there_are(name):
    command = SERVICES[name].get("command", "")
    assert set(re.findall(r"manage\.py (\w+)", command)) <= get_commands().keys()
    queues = re.findall(r"--queues (\S+)", command)
    routes = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    for listed in queues:
        assert routes <= set(listed.split(","))


def test_tables_static_files_and_the_cache_come_before_anything_is_served():
    prepared = re.findall(r"manage\.py (\w+)", SERVICES["prepare"]["command"])
    assert prepared == [
        "migrate",
        "createcachetable",
        "load_reference",
        "collectstatic",
    ]
    after = {"prepare": {"condition": "service_completed_successfully"}}
    for name in ("web", "solve", "dispatch"):
        assert SERVICES[name]["depends_on"] == after
        assert "var:/srv/planner/var" in SERVICES[name]["volumes"]
    assert {"database", "var"} <= COMPOSE["volumes"].keys()


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (503, False)])
def test_the_health_check_is_what_ready_says(status, is_well):
    """The image asks by its own Python; executed here, on another port."""

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, *_args):
            return

    (told,) = HEALTH.findall(IMAGE)
    _python, *arguments = json.loads(told)
    server = HTTPServer(("127.0.0.1", 0), Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = str(server.server_address[1])
    asked = [sys.executable, *(word.replace("8000", port) for word in arguments)]
    done = subprocess.run(asked, check=False, capture_output=True, cwd=Path("/"))
    server.shutdown()
    server.server_close()
    assert (done.returncode == 0) == is_well
