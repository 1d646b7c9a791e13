"""``make pictures``: every picture of README and guides, and the figures, of today.

Serves the demo's data (``make demo`` made them) on a port of its own, signs in as the
demo's people, and takes each page as they see it. The sentence with figures between the
marks of README is written anew from the same plan.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
SCREEN = {"width": 1366, "height": 900}
MARKS = "<!-- figures -->", "<!-- /figures -->"


class Picture(NamedTuple):
    """A page as somebody sees it: file, account, language, and a link to follow."""

    name: str
    account: str
    language: str
    path: str


def main():
    """Take every picture and write the figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    import django

    django.setup()
    run = newest()
    if run is None:
        sys.exit("There is no plan: run `make demo` first.")
    with serving():
        take(pictures(run))
    write_figures(run)


def newest():
    """Return the newest plan of the demo."""
    from planner.models import AllocationRun

    runs = AllocationRun.objects.exclude(result_digest="")
    return runs.filter(scenario__isnull=True).order_by("-number").first()


def pictures(run):
    """Return what is taken: of the plan, of one of its slots, of each role's home."""
    slot = run.proposals.order_by("slot__code").first().slot_id
    plan = f"/desk/runs/{run.pk}/"
    return [
        Picture("desk-home", "planner", "en", "/desk/"),
        Picture("desk-review", "planner", "en", plan),
        Picture("id-rencana", "planner", "id", plan),
        Picture("id-formasi", "planner", "id", f"/desk/slots/{slot}/"),
        Picture("id-tinjauan", "auditor", "id", plan),
        Picture("id-mitra", "sender", "id", "/desk/"),
    ]


@contextmanager
def serving():
    """Serve the demo until the pictures are taken."""
    command = [sys.executable, "manage.py", "serve", "--port", str(PORT)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, **quiet)
    try:
        for _ in range(240):
            if server.poll() is not None or answers():
                break
            time.sleep(0.5)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def answers():
    """Return whether the desk can be asked."""
    try:
        with urllib.request.urlopen(f"{ADDRESS}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def take(wanted):
    """Take the pictures, one browser after the other signed in as who sees them."""
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in wanted:
            locale = {"id": "id-ID", "en": "en-US"}[picture.language]
            context = browser.new_context(viewport=SCREEN, locale=locale)
            page = context.new_page()
            page.goto(f"{ADDRESS}/desk/")
            page.fill("[name=login]", picture.account)
            page.fill("[name=password]", settings.DEMO_PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/desk/")
            page.goto(ADDRESS + picture.path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=IMAGES / f"{picture.name}.png")
            print(f"docs/images/{picture.name}.png")
            context.close()
        browser.close()


def write_figures(run):
    """Write the sentence about the demo's plan between the marks of README."""
    path = ROOT / "README.md"
    begin, end = MARKS
    between = re.compile(f"{begin}.*?{end}", re.DOTALL)
    told = f"{begin}{sentence(run)}{end}"
    path.write_text(between.sub(lambda _found: told, path.read_text()))
    print("README.md: figures")


def sentence(run):
    """Return what the demo's plan is, with the figures that its check recomputed."""
    summary = run.summary
    quotas = summary["quotas"]
    met = sum(
        not q["shortfall"] and (q["upper"] is None or q["used"] <= q["upper"])
        for q in quotas
    )
    gap = f"{run.verified_gap * 100:.2f}%" if run.verified_gap is not None else "?"
    return (
        f"The demo's plan places {summary['placed']} of {summary['people']} people, "
        f"meets {met} of {len(quotas)} quotas and is proven within {gap} of the best "
        f"possible, after {run.solve_seconds:.0f} s on the machine that took the "
        "pictures."
    )


if __name__ == "__main__":
    main()
