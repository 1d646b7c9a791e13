"""From an empty database to an intake that can be planned, its clicks counted."""

import time
from pathlib import Path

import pytest

from programs import reference
from programs.models import Intake
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_CLICKS, MOST_SECONDS = 60, 60
REFERENCE = Path(__file__).parents[2] / "fixtures" / "reference"


class Hand:
    """Somebody's hand: each click is counted, a choice from a list as two.

    A field that is typed is clicked into first: that is a click as well.
    """

    def __init__(self, page):
        self.page, self.clicks, self.fields = page, 0, 0

    def press(self, name):
        """Press a button, follow a link or open what is folded."""
        page = self.page
        button = page.get_by_role("button", name=name, exact=True)
        link = page.get_by_role("link", name=name, exact=True)
        folded = page.locator("summary", has_text=name)
        button.or_(link).or_(folded).first.click()
        page.wait_for_load_state()
        self.clicks += 1

    def choose(self, field, label):
        """Choose from a list."""
        self.page.select_option(f"[name='{field}']", label=label)
        self.clicks += 2

    def type(self, **fields):
        """Click into each field and type."""
        for field, text in fields.items():
            self.page.fill(f"[name='{field.replace('__', '-')}']", text)
            self.fields += 1
            self.clicks += 1


def test_a_program_with_three_slots_takes_at_most_sixty_clicks(desk, live_server):
    reference.load(REFERENCE)
    coordinator = factories.coordinator(of=factories.ministry.make())
    coordinator.set_password("a long enough password")
    coordinator.language = "id"
    coordinator.save()
    began = time.monotonic()
    hand = Hand(desk)
    desk.goto(f"{live_server.url}/desk/")
    hand.type(login=coordinator.username, password="a long enough password")
    hand.press("Masuk")

    hand.press("Mulai program")
    hand.type(title_id="Magang uji cip", starts_on="2027-07-01", ends_on="2028-01-01")
    hand.choose("kind", "magang")
    hand.choose("partner_country", "Malaysia")
    hand.press("Mulai programnya")

    hand.choose("citizenship", "Indonesia")
    hand.type(min_age="18")
    hand.press("Simpan dan lanjut")

    hand.press("Lembaga penerima tidak ada dalam daftar: tambahkan")
    hand.type(host__name="Penang OSAT", host__city="Penang")
    hand.press("Tambah lembaga penerima")
    roles = ("Teknisi uji", "Operator perakitan", "Analis kegagalan")
    for line, role in enumerate(roles):
        hand.type(
            **{f"new__{line}__role_title_id": role, f"new__{line}__capacity_max": "10"}
        )
        hand.choose(f"new-{line}-host", "Penang OSAT")
    hand.press("Simpan dan lanjut")

    hand.type(line__0__amount="9 juta", line__3__amount="2.000")
    hand.choose("line-0-first", "lembaga penerima formasi")
    hand.choose("line-3-first", "lembaga penerima formasi")
    hand.choose("line-3-currency", "MYR – Ringgit Malaysia")
    hand.choose("line-3-formula", "per bulan")
    hand.press("Simpan dan lanjut")

    hand.press("Mereka menanggung biaya pesertanya, tanpa batas")
    hand.press("8. Sudah siap?")
    hand.press("Halaman angkatan")
    desk.get_by_text("Angkatan ini dapat dialokasikan: 3 formasinya").wait_for()

    assert Intake.objects.get().slots.count() == 3
    assert hand.clicks <= MOST_CLICKS, f"{hand.clicks} clicks"
    assert time.monotonic() - began < MOST_SECONDS
    print(f"{hand.clicks} clicks, {hand.fields} of them into fields")
