"""`serve` opens the desk with its worker, and leaves nothing behind when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from planner.management.commands import serve
from tests import migrated

BOOT_SECONDS = 120


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder):
    """Return variables for a fresh installation in the folder."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "planner.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "CELERY_BROKER_URL": "filesystem://localhost",
        "CACHE_URL": "locmemcache://",
        "LOG_LEVEL": "INFO",
        "DEMO": "true",
        "PYTHONUNBUFFERED": "1",
    }


def manage(folder, *command, **options):
    """Start a command of this project."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment(folder),
        text=True,
        start_new_session=True,
        **options,
    )


def family(pid):
    """Return the pids that descend from one, as the kernel sees it."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found, todo = [], [pid]
    while todo:
        todo += (more := children.get(todo.pop(), []))
        found += more
    return found


@pytest.fixture
def desk(tmp_path):
    """Serve an empty, migrated installation; end it whatever happens."""
    if not migrated.placed(tmp_path / "db.sqlite3"):
        assert manage(tmp_path, "migrate", "-v", "0").wait(240) == 0
    port = free_port()
    log = tmp_path / "log"
    with log.open("w") as output:
        process = manage(
            tmp_path,
            *("serve", "--port", str(port), "--jobs", "1"),
            stdout=output,
            stderr=output,
        )
    yield process, f"http://127.0.0.1:{port}", log
    if process.poll() is None:
        for pid in [*family(process.pid), process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.wait()


def answer(url):
    """Return the status of a page, or None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_for(condition, log):
    """Wait until something holds; show the log when it does not."""
    deadline = time.monotonic() + BOOT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_it_serves_and_a_signal_to_its_leader_ends_all_of_it(desk):
    process, url, log = desk
    wait_for(lambda: answer(f"{url}/health/ready") == 200, log)
    assert answer(f"{url}/desk/login/") == 200
    wait_for(lambda: "desk@" in log.read_text() and "ready." in log.read_text(), log)
    pids = family(process.pid)
    assert len(pids) >= 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert "Traceback" not in log.read_text()


def test_a_taken_port_is_told_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = manage(tmp_path, "serve", "--port", str(port), stderr=subprocess.PIPE)
        said = process.communicate(timeout=240)[1]
    assert process.returncode == 1
    assert said.startswith("CommandError: Cannot listen on 127.0.0.1 port")
    assert said.count("\n") == 1


def test_an_empty_database_is_told_in_one_line(tmp_path):
    port = str(free_port())
    process = manage(tmp_path, "serve", "--port", port, stderr=subprocess.PIPE)
    assert "run `make demo`" in process.communicate(timeout=240)[1]
    assert process.returncode == 1


@pytest.mark.parametrize(("proxies", "seen"), [(0, "http"), (1, "https")])
def test_only_counted_proxies_are_believed(proxies, seen, settings, monkeypatch):
    def echo(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["wsgi.url_scheme"].encode()]

    settings.NUM_PROXIES = proxies
    monkeypatch.setattr("planner.wsgi.application", echo)
    web = serve.Web("127.0.0.1", 0, 1)
    web.start()
    request = urllib.request.Request(f"http://127.0.0.1:{web.server.effective_port}")
    request.add_header("X-Forwarded-Proto", "https")
    request.add_header("X-Forwarded-For", "192.0.2.7")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.read().decode() == seen
    web.stop()
    assert not web.is_alive()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--port", "0"),
        ("--port", "99999"),
        ("--port", "8" * 12),
        ("--threads", "0"),
        ("--jobs", "-1"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(option, value):
    with pytest.raises(CommandError, match=f"{option}: {value} is no whole number"):
        call_command("serve", f"{option}={value}")


def test_a_host_without_an_address_is_told():
    with pytest.raises(CommandError, match=r"Cannot listen on nope\.invalid"):
        call_command("serve", "--host=nope.invalid")
