"""Every address and every button of the desk, as everybody there is.

Who may open a page is written in ``walk.access``. What a page does not offer somebody
is refused to them all the same, and nothing is written: the buttons that one reader is
shown are pressed by all the others.
"""

from functools import cached_property

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from api.models import InstitutionKey
from planner.allocation.solving import supervision
from tests import factories
from tests.planner.allocation.conftest import solve_here
from tests.planner.desk.walk.access import CALLERS, may
from tests.planner.desk.walk.addresses import filled, patterns, tables
from tests.planner.desk.walk.forms import deeds
from tests.planner.desk.walk.worlds import Side, shared

OWN, FOREIGN = "Sendirian", "Asingwati"
WRITES = ("INSERT", "UPDATE", "DELETE")
OF_THE_SESSION = ("django_session", "mfa_", "account_")
pytestmark = pytest.mark.django_db
each_caller = pytest.mark.parametrize("letter", CALLERS)


class Walk:
    """Two worlds, and what each caller has met in them so far."""

    def __init__(self):
        self.own, self.other = Side(OWN), Side(FOREIGN)
        self.shared = shared()
        users, world = self.own.users, self.own.world
        self.users = {
            "c": users["coordinator"],
            "o": self.other.users["coordinator"],
            "p": world.planner,
            "v": world.approver,
            "s": users["sender"],
            "h": users["host"],
            "u": factories.auditor(),
            "a": factories.administrator(),
        }
        self.met = {}

    def client(self, letter):
        """Return a browser of a caller."""
        browser = Client(raise_request_exception=False)
        browser.force_login(self.users[letter])
        return browser

    def addresses(self, side, run):
        """Yield (name, address) of all that there is on a side, seen from a run."""
        rows = self.shared | side.rows | {"allocationrun": run}
        known = side.names(run)
        for table in tables():
            row = rows[table.split("_", 1)[1]]
            known[table] = row.pk
            past = row.history.first() if hasattr(row, "history") else None
            known[table, "history"] = past.pk if past else 0
        for name, parts in patterns():
            for address in filled(name, parts, known):
                yield name, address

    @cached_property
    def known(self):
        """[(name, address)] of the coordinator's side, plans of every state too."""
        found = list(self.addresses(self.own, self.own.published))
        for run in self.own.runs[1:]:
            found += [
                each for each in self.addresses(self.own, run) if str(run.pk) in each[1]
            ]
        return list(dict.fromkeys(found))

    @cached_property
    def one_of_each(self):
        """{name: address}: the guard at the door looks at no more than the name."""
        return dict(reversed(self.known))

    @cached_property
    def foreign(self):
        """[(name, address)] of the other side that the first has not."""
        found = self.addresses(self.other, self.other.published)
        known = {address for _name, address in self.known}
        return [each for each in found if each[1] not in known]

    def visit(self, letter):
        """Return {address: (status, text)} of what a caller met on the first side."""
        if letter not in self.met:
            browser = self.client(letter)
            self.met[letter] = {
                address: read(browser.get(address)) for _name, address in self.known
            }
        return self.met[letter]

    def shown(self, letter):
        """Return {key: deed} of the buttons that a caller is shown."""
        return {
            deed.key: deed
            for address, (status, page) in self.visit(letter).items()
            if status == 200 and "<form" in page
            for deed in deeds(address, page)
        }


def read(answer):
    """Return the status of an answer, and its text."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, content.decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker):
    """Return the worlds; what is done in them is undone, one deed at a time."""
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patched,
        transaction.atomic(),
    ):
        patched.setattr(supervision, "solve", solve_here)
        cache.clear()
        yield Walk()
        transaction.set_rollback(True)


@each_caller
def test_each_address_is_open_to_whom_the_table_says(walk, letter):
    met = walk.visit(letter)
    opened, faults = {}, []
    for name, address in walk.known:
        status, _page = met[address]
        if status >= 500:
            faults.append((name, status))
        opened[name] = opened.get(name, False) or status == 200
    assert faults == []
    told = {name: letter in may(name) for name in opened}
    assert opened == told, CALLERS[letter]


@each_caller
def test_nothing_foreign_is_shown(walk, letter):
    """The other side is foreign to the coordinator and the partners of the first."""
    if letter not in "csh":
        foreign = {"o": OWN}.get(letter)
    else:
        foreign = FOREIGN
    if foreign is None:
        assert {FOREIGN, OWN} <= words(walk.visit(letter))
        return
    assert foreign not in words(walk.visit(letter))
    if foreign == FOREIGN:
        browser = walk.client(letter)
        met = {address: read(browser.get(address)) for _name, address in walk.foreign}
        assert FOREIGN not in words(met)
        assert [status for status, _page in met.values() if status >= 500] == []


def words(met):
    """Return which of the two names stand on the pages that somebody was shown."""
    pages = [page for _status, page in met.values()]
    return {word for word in (OWN, FOREIGN) if any(word in page for page in pages)}


@each_caller
def test_what_is_not_shown_is_refused_and_writes_nothing(walk, letter):
    own = walk.shown(letter)
    browser = walk.client(letter)
    everything = {}
    for each in CALLERS:
        everything |= walk.shown(each)
    assert len(everything) > 100
    wrong = []
    for key, deed in everything.items():
        status, written = press(browser, deed)
        if status >= 500 or (written and key not in own):
            wrong.append((key, status, written))
    assert wrong == [], CALLERS[letter]


def press(browser, deed):
    """Send a form and undo it; return the status, and what was written meanwhile."""
    data = {}
    for name, value in deed.data:
        data.setdefault(name, []).append(value)
    with transaction.atomic():
        with CaptureQueriesContext(connection) as seen:
            answer = browser.post(deed.address, data)
        transaction.set_rollback(True)
    written = [
        query["sql"][:80]
        for query in seen
        if query["sql"].startswith(WRITES)
        and not any(table in query["sql"] for table in OF_THE_SESSION)
    ]
    return answer.status_code, written


def nobody(walk, settings):
    """Return a browser of somebody without an account."""
    return Client()


def without_role(walk, settings):
    """Return a browser of somebody who holds no role."""
    browser = Client()
    browser.force_login(factories.user.make(is_staff=True))
    return browser


def with_key(walk, settings):
    """Return a program that shows an API key at the desk."""
    _row, secret = InstitutionKey.objects.create_key(
        name="key", institution=walk.own.sender, scopes=["nominate"]
    )
    return Client(headers={"authorization": f"Api-Key {secret}"})


@pytest.mark.parametrize("who", [nobody, without_role, with_key])
def test_who_has_no_role_is_shown_the_door_everywhere(walk, settings, who):
    browser = who(walk, settings)
    door = reverse("admin:login")
    for name, address in walk.one_of_each.items():
        for method in (browser.get, browser.post):
            answer = method(address)
            if name == "jsi18n":
                continue
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith(door), name


@pytest.mark.parametrize("letter", "pva")
def test_who_has_to_sign_enrols_first_over_https(walk, settings, letter):
    settings.SECOND_FACTOR = True
    browser = walk.client(letter)
    for name, address in walk.one_of_each.items():
        for method in (browser.get, browser.post):
            answer = method(address)
            if name == "jsi18n":
                continue
            assert answer.status_code == 302, name
            assert answer.headers["Location"] == reverse("mfa_activate_totp"), name


PAGES_OF_A_ROW = ("change", "history")


def test_a_host_finds_nobody_whose_data_are_only_kept(walk):
    """Restricted before the stay has begun, a person is on no page of the host."""
    side, word = walk.own, "Terbatasan"
    host = factories.host.make()
    application = side.world.person(who={"given_name": word})
    stay = factories.placement.make(
        application=application, slot__host=host, state="accepted"
    )
    browser = Client()
    browser.force_login(factories.partner(of=host))
    rows = {
        "application": application,
        "participant": application.participant,
        "placement": stay,
    }
    pages = [
        reverse(f"admin:programs_{name}_{page}", args=[row.pk])
        for name, row in rows.items()
        for page in PAGES_OF_A_ROW
    ]
    lists = [reverse(f"admin:programs_{name}_changelist") for name in rows]
    lists.append(reverse("admin:desk_board") + "?state=accepted")
    assert {browser.get(each).status_code for each in pages} == {200}
    assert all(word in browser.get(each).content.decode() for each in lists)
    person = application.participant
    type(person).objects.filter(pk=person.pk).update(restricted_at=stay.offered_at)
    for page in pages:
        assert word not in browser.get(page, follow=True).content.decode()
    for each in lists:
        assert word not in browser.get(each).content.decode()
