"""What would have to be different, in words: each reader reads what is theirs."""

from planner.models import LimitKind
from planner.models.difference_words import (
    Known,
    cohort,
    for_host,
    for_participant,
    for_planner,
    known,
    place_in,
)

SEATS = {
    "kind": LimitKind.SEATS,
    "limit": "seats:S1",
    "by": 1,
    "units": 1,
    "label_en": "Technician, Fab",
    "label_id": "Teknisi, Fab",
}
MONEY = {"kind": LimitKind.BUDGET, "lines": ["bssn:2027"], "by": 7_500, "units": 75}
FLOOR = {
    "kind": LimitKind.QUOTA,
    "limit": "quota:q",
    "by": None,
    "units": 20,
    "is_floor": True,
    "label_en": "Three from Papua",
    "label_id": "Tiga dari Papua",
}
REASONS = [{"code": "no_room", "option": 7, "slot": "S1", "pathway": None}]


def different(*limits, **facts):
    """Return what is stored of a witness with these limits."""
    enough = {"options": [7], "moves": 0, "others": 0, "fewest": False}
    return {"enough": enough | {"limits": list(limits)} | facts}


def test_a_planner_reads_limits_amounts_and_who_moves():
    told = for_planner(REASONS, different(SEATS, MONEY, moves=2, fewest=True))
    assert told == (
        "S1: possible with more of all of these: seats of Technician, Fab (1); "
        "bssn:2027 (Rp\xa07.5\xa0m). Nobody would lose a place. 2 people would change "
        "to other places of theirs. Changing fewer of the limits that this place needs "
        "would not be enough, as long as nobody loses a place."
    )


def test_a_person_reads_kinds_and_no_promise():
    told = for_participant(REASONS, different(SEATS, MONEY, others=3))
    assert "seats, money" in told
    assert "does not say who would get it" in told
    assert "3" not in told
    assert "bssn" not in told


def test_a_host_reads_amounts_of_its_own_and_kinds_of_others():
    told = for_host(REASONS, different(SEATS, MONEY))
    assert "seats of Technician, Fab (1); money" in told
    assert "bssn" not in told


def test_a_floor_is_asked_for_less():
    told = for_planner(REASONS, different(FLOOR))
    assert "Three from Papua asking for fewer" in told


def test_what_is_not_known_is_called_so():
    assert "not known yet" in for_planner(REASONS, None)
    assert "not known yet" in for_participant(REASONS, None)
    assert for_planner(REASONS, {"enough": None}).startswith("Not known:")
    assert for_participant(REASONS, {"enough": None}) == ""
    assert for_host(REASONS, None) == for_host(REASONS, {"enough": None}) == ""
    rules = [{"code": "not_eligible"}]
    assert for_planner(rules, None) == for_participant(rules, None) == ""
    states = [known(rules, None), known(REASONS, None)]
    states += [known(REASONS, {"enough": None}), known(REASONS, different(SEATS))]
    assert states == list(Known)


def test_where_no_limit_gives_way_the_plan_is_not_the_best():
    told = for_planner(REASONS, different(moves=1))
    assert "within today's limits" in told
    assert "1 person would change to another place of theirs." in told
    assert "ask the coordinator" in for_participant(REASONS, different())
    assert for_host(REASONS, different()) == ""
    assert place_in(REASONS, different()) is None


def test_a_cohort_lacks_people_or_limits():
    facts = {"min": 3, "able": 2, "enough": None}
    assert (
        cohort("S1", facts) == "S1: too few people could take part: 2, and it needs 3."
    )
    facts = {"min": 3, "able": 4, **different(MONEY, others=3)}
    assert "S1: could run with more of all of these: bssn:2027" in cohort("S1", facts)
    assert "3 other people would get a place too." in cohort("S1", facts)
    facts = {"min": 3, "able": 4, "enough": None}
    assert "not known" in cohort("S1", facts)
    facts = {"min": 3, "able": 4, **different()}
    assert "within today's limits" in cohort("S1", facts)
