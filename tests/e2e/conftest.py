"""A real browser before the real site, where there is one."""

import os
import shutil

import pytest

from tests.planner.allocation.conftest import inline, plan, world  # noqa: F401

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Playwright keeps an event loop in the thread that also talks to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Start the system's Chromium, without a word to the outside."""
    if not CHROMIUM:
        pytest.skip("no chromium on this machine: the browser tests did not run")
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args():
    """The smallest screen the desk is made for."""
    return {"viewport": {"width": 1366, "height": 768}, "locale": "id-ID"}


@pytest.fixture
def desk(page, live_server):
    """Return the page with a helper to sign in; it fails on any script error."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" else 0,
    )

    def sign_in(user, language="id"):
        user.set_password("a long enough password")
        user.language = language
        user.save()
        page.goto(f"{live_server.url}/desk/")
        page.fill("[name=login]", user.username)
        page.fill("[name=password]", "a long enough password")
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk/")

    page.sign_in = sign_in
    page.at = lambda path: page.goto(live_server.url + path)
    yield page
    # What a page still asks for would read while the tables are emptied.
    page.goto("about:blank")
    page.wait_for_load_state("networkidle")
    assert errors == []
