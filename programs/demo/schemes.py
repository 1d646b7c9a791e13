"""Programs with their goals and intakes as rows."""

from .corridors import CLOSES, DECIDES, OPENS, intake_code, text


class Schemes:
    """Programs with their goals, and one intake of each."""

    FIELDS = (
        "code", "title_en", "title_id", "kind", "priority_sector", "owner",
        "partner_country", "legal_basis", "description", "citizenship", "min_age",
        "max_age", "min_kkni", "isced_fields", "condition",
    )  # fmt: skip

    def __init__(self, corridors):
        self.corridors = corridors

    def tables(self):
        programs = self.corridors.programs
        return {
            "programs.csv": [self.program(entry) for entry in programs],
            "program_goals.csv": [
                {
                    "program": entry["code"],
                    "indicator_en": english,
                    "indicator_id": indonesian,
                    "target": text(target),
                    "year": text(year),
                }
                for entry in programs
                for english, indonesian, target, year in entry["goals"]
            ],
            "intakes.csv": [self.intake(entry) for entry in programs]
            + [
                self.past_intake(entry, past)
                for entry in programs
                for past in entry.get("past", [])
            ],
        }

    def program(self, entry):
        row = {name: text(entry.get(name)) for name in self.FIELDS}
        return row | {"is_incoming": text(entry.get("is_incoming", False))}

    def intake(self, entry):
        """The intake of 2027; it spans the dates of its slots."""
        places = [entry | slot for slot in entry["slots"]]
        return {
            "program": entry["code"],
            "code": intake_code(entry),
            "opens_on": OPENS,
            "closes_on": CLOSES,
            "decide_by": DECIDES,
            "starts_on": text(min(place["starts_on"] for place in places)),
            "ends_on": text(max(place["ends_on"] for place in places)),
            "max_choices": "3",
            "state": "closed",
        }

    def past_intake(self, entry, past):
        return {
            "program": entry["code"],
            "code": past["intake"],
            "opens_on": "2026-06-01",
            "closes_on": "2026-07-31",
            "decide_by": "2026-08-31",
            "starts_on": text(past["starts_on"]),
            "ends_on": text(past["ends_on"]),
            "max_choices": "3",
            "state": past.get("state", "running"),
        }
