"""Indonesian pages hold no English of ours."""

from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.urls import reverse

from programs.models import User
from tests import factories

VOID = {"br", "hr", "img", "input", "link", "meta"}
HIDDEN = {"script", "style", "code"}


class Words(HTMLParser):
    """Collects what a reader sees or hears: text, labels and titles."""

    def __init__(self):
        super().__init__()
        self.found, self._inside = set(), []

    def handle_starttag(self, tag, attrs):
        # The theme's icons are words of a font, not words of a language.
        is_icon = "material-symbols" in (dict(attrs).get("class") or "")
        if tag not in VOID:
            self._inside.append("style" if is_icon else tag)
        for name, value in attrs:
            if name in {"aria-label", "title", "placeholder"} and value:
                self.found.add(" ".join(value.split()))

    def handle_endtag(self, tag):
        if self._inside and tag not in VOID:
            self._inside.pop()

    def handle_data(self, data):
        if not HIDDEN.intersection(self._inside[-1:]) and data.strip():
            self.found.add(" ".join(data.split()))


@pytest.fixture(scope="module")
def english():
    """Return our English sentences that read differently in Indonesian."""
    path = Path(settings.BASE_DIR) / "locale/id/LC_MESSAGES/django.po"
    return {
        text
        for entry in polib.pofile(str(path))
        if entry.translated() and entry.msgid != entry.msgstr and not entry.msgctxt
        for text in (entry.msgid, entry.msgid[:1].upper() + entry.msgid[1:])
    }


def words_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    words = Words()
    words.feed(answer.content.decode())
    return words.found


@pytest.mark.django_db
def test_pages_in_indonesian_hold_no_english(client, english, solved, world):
    client.cookies.clear()
    reader = factories.administrator()
    factories.membership.make(user=reader, role="planner")
    User.objects.update(language="id")
    client.force_login(reader)
    run = solved.pk
    participant = world.weak.participant
    paths = [
        reverse("admin:index"),
        reverse("admin:desk_intakes"),
        reverse("admin:desk_intake", args=[world.intake.pk]),
        reverse("admin:desk_intake_fit", args=[world.intake.pk]),
        reverse("admin:desk_runs"),
        reverse("admin:desk_run_new"),
        reverse("admin:desk_run", args=[run]),
        reverse("admin:desk_run_people", args=[run]),
        reverse("admin:desk_run_person", args=[run, world.weak.pk]),
        reverse("admin:desk_run_person", args=[run, world.weak.pk])
        + "?for=participant",
        reverse("admin:desk_run_submit", args=[run]),
        reverse("admin:desk_slots"),
        reverse("admin:desk_slot", args=[world.slot_.pk]),
        reverse("admin:desk_slot_people", args=[world.slot_.pk]) + "?who=all",
        reverse("admin:desk_person", args=[participant.pk]),
        reverse("admin:desk_run_groups", args=[run]),
        reverse("admin:desk_run_province", args=[run, "none"]),
        reverse("admin:desk_run_frontier", args=[run]) + "?line=state:2027",
        reverse("admin:desk_intake_unfit", args=[world.intake.pk, "kkni"]),
        reverse("admin:desk_integrity"),
        reverse("admin:desk_scenarios"),
        reverse("admin:desk_board"),
        reverse("admin:desk_import"),
        reverse("admin:programs_participant_changelist"),
        reverse("admin:programs_participant_change", args=[participant.pk]),
        reverse("admin:programs_intake_change", args=[world.intake.pk]),
        reverse("admin:programs_quota_add"),
    ]
    left = {path: words_of(client, path) & english for path in paths}
    client.force_login(User.objects.get(pk=world.approver.pk))
    judged = reverse("admin:desk_run_judge", args=[run])
    left[judged] = words_of(client, judged) & english
    assert {path: words for path, words in left.items() if words} == {}
