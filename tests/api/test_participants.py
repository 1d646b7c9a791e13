"""People: registered and corrected by their own institution."""

import pytest

from programs import clock
from programs.choices import RegionLevel
from programs.models import AuditEvent, Participant
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(sender):
    """A body that registers a person with a skill and a certificate."""
    factories.country.make(code="ID", currency="IDR")
    factories.skill.make(framework="TEP", code="ATP-01")
    factories.language_scale.make(
        test="JLPT", version="2025", band="N4", language="ja", cefr="A2"
    )
    home = factories.institution.make()
    return {
        "code": "PNJ-001",
        "given_name": "Suharti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": "ID",
        "home_institution": str(home.pk),
        "kkni": 5,
        "isced_f": "0714",
        "nik": "0011226005010001",
        "skills": [
            {"framework": "TEP", "code": "ATP-01", "level": 2, "evidence": "course"}
        ],
        "languages": [
            {
                "test": "JLPT",
                "scale_version": "2025",
                "band": "N4",
                "taken_on": "2026-07-05",
            }
        ],
    }


def test_register_and_read_back(sender, person):
    created = sender.send("post", "participants/", person)
    assert created.status_code == 201, created.content
    data = created.json()
    assert data["skills"][0]["code"] == "ATP-01"
    assert data["languages"][0]["cefr"] == "A2"
    assert "nik" not in data
    read = sender.send("get", f"participants/{data['id']}/")
    assert read.json() == data
    assert read["ETag"] == created["ETag"]


def test_a_certificate_is_worth_what_band_and_score_reach(sender, person):
    scale = {"language": "ja", "test": "JLPT", "version": "2025", "band": "N3"}
    factories.language_scale.make(**scale, cefr="A2")
    factories.language_scale.make(**scale, from_score=104, cefr="B1")
    factories.language_scale.make(
        language="en", test="DET", version="2022", band="90-115", cefr="B2"
    )
    papers = [("JLPT", "2025", "N3", 110), ("DET", "2022", "105", None)]
    person["languages"] = [
        {"test": test, "scale_version": version, "band": band, "score": score}
        | {"taken_on": "2026-07-05"}
        for test, version, band, score in papers
    ]
    created = sender.send("post", "participants/", person)
    told = {paper["test"]: paper["cefr"] for paper in created.json()["languages"]}
    assert told == {"JLPT": "B1", "DET": "B2"}
    address = "reference/languages/JLPT/2025/N3/"
    assert sender.send("get", address).json()["cefr"] == "A2"


def test_national_id_is_kept_encrypted_and_audited_without_it(sender, person):
    sender.send("post", "participants/", person)
    row = Participant.objects.get()
    assert row.nik == person["nik"]
    assert len(row.nik_hash) == 64
    assert person["nik"] not in str(list(AuditEvent.objects.values()))


def test_wrong_national_id_is_pointed_at(sender, person):
    answer = sender.send("post", "participants/", {**person, "nik": "12"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0] == {
        "pointer": "/nik",
        "code": "nik_digits",
        "detail": "A NIK has exactly 16 digits.",
    }


def test_somebody_known_elsewhere_is_registered_without_a_word(
    sender, other_sender, person
):
    """Whether another partner knows the person is told to the officer only."""
    first = other_sender.send("post", "participants/", {**person, "code": "X-9"})
    second = sender.send("post", "participants/", person)
    assert (first.status_code, second.status_code) == (201, 201)


def test_the_same_person_twice_in_one_institution_is_refused(sender, person):
    sender.send("post", "participants/", person)
    answer = sender.send("post", "participants/", {**person, "code": "PNJ-002"})
    assert answer.status_code == 409
    assert person["nik"] not in answer.content.decode()


def test_unknown_skill_is_pointed_at(sender, person):
    person["skills"][0]["code"] = "NOPE"
    answer = sender.send("post", "participants/", person)
    assert answer.json()["errors"][0]["pointer"] == "/skills/0/code"


def test_correction_changes_only_what_was_sent(sender, person):
    made = sender.send("post", "participants/", person)
    path = f"participants/{made.json()['id']}/"
    changed = sender.send("patch", path, {"given_name": "Suharti Dewi"})
    assert changed.status_code == 200
    assert changed.json() == {**made.json(), "given_name": "Suharti Dewi"}


def test_correction_of_an_older_version_is_412(sender, person):
    made = sender.send("post", "participants/", person)
    path = f"participants/{made.json()['id']}/"
    sender.send("patch", path, {"given_name": "A"})
    answer = sender.send("patch", path, {"given_name": "B"}, If_Match=made["ETag"])
    assert answer.status_code == 412
    assert Participant.objects.get().given_name == "A"


def test_filter_by_province(sender):
    java = factories.region.make(level=RegionLevel.PROVINCE)
    there = factories.participant.make(registered_by=sender.institution, province=java)
    factories.participant.make(registered_by=sender.institution)
    answer = sender.send("get", f"participants/?province={java.pk}")
    assert [row["id"] for row in answer.json()["results"]] == [str(there.pk)]


REGIONS = [
    ({"province": "32.04"}, "/province", "not-a-province"),
    ({"regency": "53"}, "/regency", "not-a-regency"),
    ({"province": "53", "regency": "32.04"}, "/regency", "other-province"),
    ({"province": "32", "regency": "32.04"}, "", ""),
    ({"regency": "32.04"}, "", ""),
]


@pytest.mark.parametrize(("asked", "pointer", "code"), REGIONS)
def test_regions_are_of_their_level_and_agree(sender, person, asked, pointer, code):
    """A regency where a province is asked for would count in no quota and no cost."""
    java = factories.region.make(kemendagri_code="32")
    factories.region.make(kemendagri_code="53")
    factories.region.make(
        kemendagri_code="32.04", level=RegionLevel.REGENCY, parent=java
    )
    answer = sender.send("post", "participants/", person | asked)
    if not code:
        assert answer.status_code == 201, answer.content
        return
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert not Participant.objects.exists()


def test_studies_jobs_and_facts_are_stated_and_read(sender, person):
    open_ = factories.fact_definition.make(is_verified=True)
    secret = factories.fact_definition.make(kind="truth", is_sensitive=True)
    study = {
        "level": "s1",
        "isced_f": "0714",
        "status": "active",
        "gpa": "3.40",
        "semester": 5,
        "institution": "Polban",
    }
    job = {"employer": "PT Maju", "isced_f": "0913", "starts_on": "2024-01-01"}
    fact = {"fact": open_.code, "value": "14,5", "valid_from": "2027-01-05"}
    made = sender.send(
        "post",
        "participants/",
        person
        | {
            "education": [study],
            "employment": [job],
            "facts": [fact],
            "sensitive_facts": [fact | {"fact": secret.code, "value": "yes"}],
        },
    )
    assert made.status_code == 201, made.content
    data = made.json()
    assert data["education"][0] == study | {"graduated_on": None, "accreditation": ""}
    assert data["employment"][0] == job | {"ends_on": None}
    assert [(each["fact"], each["value"]) for each in data["facts"]] == [
        (open_.code, "14.5")
    ]
    assert data["facts"][0]["verified_at"] is None
    assert "sensitive_facts" not in data
    assert secret.code not in made.content.decode()
    assert Participant.objects.get().facts.count() == 2
    at = f"participants/{data['id']}/"
    sender.send("patch", at, {"facts": [], "education": []})
    row = Participant.objects.get()
    assert (row.education.count(), row.facts.get().definition) == (0, secret)


@pytest.mark.parametrize(
    ("sent", "status", "pointer"),
    [
        ({"facts": [{"fact": "nil", "value": "1"}]}, 400, "/facts/0/fact"),
        ({"education": [{"level": "s9"}]}, 400, "/education/0/level"),
    ],
)
def test_what_cannot_be_stated_is_pointed_at(sender, person, sent, status, pointer):
    answer = sender.send("post", "participants/", person | sent)
    assert answer.status_code == status
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


def test_what_only_an_officer_states_is_refused(sender, person):
    only = factories.fact_definition.make(stated_by="officer")
    fact = {"fact": only.code, "value": "1", "valid_from": "2027-01-05"}
    answer = sender.send("post", "participants/", person | {"facts": [fact]})
    assert answer.status_code == 403
    assert not Participant.objects.exists()


def test_a_list_sent_anew_keeps_what_an_officer_has_confirmed(sender, person):
    maths = factories.fact_definition.make(code="maths")
    secret = factories.fact_definition.make(
        code="fit", kind="truth", is_sensitive=True, stated_by="officer"
    )
    made = sender.send("post", "participants/", person).json()
    row = Participant.objects.get()
    officer = factories.coordinator()
    for definition, value in ((maths, "14"), (secret, "yes")):
        factories.person_fact.make(
            participant=row,
            definition=definition,
            value=value,
            valid_from="2027-01-05",
            verified_at=clock.now(),
            verified_by=officer.username,
        )
    at = f"participants/{made['id']}/"
    answer = sender.send("patch", at, {"facts": [], "sensitive_facts": []})
    assert [each["value"] for each in answer.json()["facts"]] == ["14"]
    assert row.facts.count() == 2
    said = {"fact": "maths", "value": "15", "valid_from": "2027-01-05"}
    answer = sender.send("patch", at, {"facts": [said]})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "fact-confirmed"
    answer = sender.send("patch", at, {"facts": [said | {"valid_from": "2027-01-06"}]})
    assert answer.status_code == 200
    values = row.facts.filter(definition=maths).values_list("value", "verified_by")
    assert set(values) == {("14", officer.username), ("15", "")}
