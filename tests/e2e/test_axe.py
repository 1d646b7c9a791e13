"""No serious finding of axe on any page of the desk, and one main part on each.

``make axe`` brings axe-core and runs this: every address that somebody may open, in
both languages and themes. Pages come from Django's own client, so nothing is served.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.planner.desk.test_every_address import read, walk  # noqa: F401

AXE = os.environ.get("AXE")
SITE = "http://testserver"
ALSO = ("landmark-one-main", "landmark-no-duplicate-main", "duplicate-id")
"""Rules that axe calls moderate or minor, and that hold here all the same."""
NAMED = 250
"""Milliseconds in which `keyboard.js` has named the fields of a page."""
STILL = (
    "*, *::before, *::after { transition: none !important; animation: none !important }"
)
RUN = """async (rules) => {
    const options = rules ? {runOnly: rules, resultTypes: ["violations"]}
        : {resultTypes: ["violations"]};
    const found = await axe.run(document, options);
    return found.violations.map(each => [
        each.id, each.impact, each.nodes.slice(0, 3).map(node => node.target.join(" "))
    ]);
}"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not AXE, reason="`make axe` brings axe-core"),
]


def answer_with(address, text):
    """Return what answers a browser's requests: one page, and static files.

    The page was asked for before: a browser's requests have another database
    connection, which does not see the walk's worlds.
    """

    def answer(route, request):
        path = urlsplit(request.url).path
        if path.startswith(settings.STATIC_URL):
            found = finders.find(path.removeprefix(settings.STATIC_URL))
            return route.fulfill(path=found) if found else route.abort()
        if request.url == SITE + address:
            return route.fulfill(body=text, content_type="text/html; charset=utf-8")
        return route.abort()

    return answer


def pages(walk):  # noqa: F811
    """Yield (caller, address) of every page, opened by the first who may."""
    seen = set()
    for letter in "acpvshu":
        for address, (status, text) in walk.visit(letter).items():
            if status == 200 and address not in seen and "<html" in text:
                seen.add(address)
                yield letter, address


def faults_of(page):
    """Yield (theme, rule, places) of what axe finds serious, in both themes."""
    for theme, rules in (("light", None), ("dark", ["color-contrast"])):
        if theme == "dark":
            page.evaluate("document.documentElement.classList.add('dark')")
        for rule, impact, places in page.evaluate(RUN, rules):
            if impact in ("serious", "critical") or rule in ALSO:
                yield theme, rule, places


@pytest.mark.parametrize("language", ["id", "en"])
def test_axe_finds_nothing_serious(page, walk, language):  # noqa: F811
    script = Path(AXE).read_text()
    wanted, faults = list(pages(walk)), []
    for letter, address in wanted:
        _status, text = read(client_of(walk, letter, language).get(address))
        page.unroute_all()
        page.route("**/*", answer_with(address, text))
        page.goto(SITE + address, wait_until="load")
        page.add_style_tag(content=STILL)
        page.wait_for_timeout(NAMED)
        page.evaluate(script)
        for fault in faults_of(page):
            faults.append((letter, address, *fault))
            print(*faults[-1], flush=True)
    print(f"{len(wanted)} pages in {language}", flush=True)
    assert len(wanted) > 100
    assert not faults


def client_of(walk, letter, language):  # noqa: F811
    """Return a browser of a caller who reads this language."""
    user = walk.users[letter]
    type(user).objects.filter(pk=user.pk).update(language=language)
    return walk.client(letter)
