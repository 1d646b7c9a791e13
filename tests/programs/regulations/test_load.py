"""A folder is loaded whole or not at all, and refused with its place."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from programs import reference, regulations
from programs.domain.actors import SYSTEM
from programs.models import AuditEvent, Institution, Program
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, tzinfo=UTC)
SMALL = """
[[institutions]]
code = "ministry"
name = "Ministry"
kind = "ministry"
country = "ID"

[[programs]]
code = "small"
title_en = "Small"
title_id = "Kecil"
kind = "training"
priority_sector = "health"
owner = "ministry"
partner_country = "ID"
condition = '''
kkni>=3
'''

[[rules]]
code = "level"
text_en = "KKNI level 3"
text_id = "Jenjang KKNI 3"
kept_by = "condition"
basis = "assumed"
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a folder and loads it."""
    factories.indonesia()
    folder = tmp_path / "small"
    folder.mkdir()

    def written(content, by=SYSTEM):
        (folder / "program.toml").write_text(content)
        found = regulations.find("small", tmp_path)
        return regulations.load(found, by=by, now=NOW)

    return written


def test_a_program_comes_with_its_rules_in_order_and_is_told(write):
    coordinator = factories.coordinator()
    program = write(SMALL, by=coordinator)
    assert program.condition == "kkni >= 3"
    (rule,) = program.rules.all()
    assert (rule.position, rule.basis, rule.source) == (1, "assumed", "")
    entry = AuditEvent.objects.get(action="programs.load")
    assert (entry.object_id, entry.data) == (str(program.pk), {"folder": "small"})
    with pytest.raises(Refusal) as refused:
        write(SMALL)
    assert refused.value.code == "program-exists"


def test_what_programs_share_stays_as_it_is(write):
    factories.institution.make(code="ministry", name="The ministry by its own name")
    assert write(SMALL).owner.name == "The ministry by its own name"


@pytest.mark.parametrize(
    ("old", "new", "place", "why"),
    [
        ("kkni>=3", "kkkni>=3", "[[programs]] 1", "perhaps “kkni” is meant"),
        ('"training"', '"trainings"', "[[programs]] 1", "kind: Value 'trainings'"),
        ('"training"', '"trainings"', "[[programs]] 1", "There are: training, inter"),
        ('owner = "ministry"', 'owner = "nobody"', "[[programs]] 1", "'nobody'"),
        ("kept_by", "held_by", "[[rules]] 1", "held_by"),
        ("[[rules]]", "[[rulez]]", "[[rulez]] 0", "no such table"),
        ("kind = ", "min_kkni = 'x'\nkind = ", "[[institutions]] 1", "min_kkni"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_nothing_stays(
    write, old, new, place, why
):
    with pytest.raises(Refusal) as refused:
        write(SMALL.replace(old, new))
    assert refused.value.code == "regulation-row"
    assert place in str(refused.value)
    assert why in str(refused.value)
    assert not Program.objects.exists()
    assert not Institution.objects.filter(code="ministry").exists()


def test_what_is_no_folder_is_refused(write):
    for content, why in (("[[programs", "cannot be read"), ("", "exactly one")):
        with pytest.raises(Refusal, match=why) as refused:
            write(content)
        assert refused.value.code == "regulation-unreadable"
    with pytest.raises(Refusal, match="Only who manages programs"):
        write(SMALL, by=factories.partner())


def test_the_command_lists_and_loads(capsys):
    call_command("load_program")
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [folder.name for folder in regulations.found()]
    with pytest.raises(CommandError, match="There is no program “magang”"):
        call_command("load_program", "magang")
    with pytest.raises(CommandError, match="run load_reference first"):
        call_command("load_program", "iisma")
    reference.load(settings.BASE_DIR / "fixtures" / "reference")
    call_command("load_program", "iisma")
    assert "(iisma): loaded, with 13 rules." in capsys.readouterr().out
