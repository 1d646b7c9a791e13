"""Slots, what they require and use, and pathways as rows."""

from .corridors import Offer, intake_code, text, waved


class Places:
    """Slots with what they require, teach and use, and the pathways through them."""

    KINDS = ("required", "preferred", "taught")

    def __init__(self, corridors):
        self.corridors = corridors

    def tables(self):
        offers = self.corridors.offers
        pathways = list(self.pathways())
        return {
            "slots.csv": [self.slot(offer) for offer in offers] + list(self.past()),
            "skill_requirements.csv": [
                {"slot": o.code, "skill": skill, "kind": kind, "level": text(level)}
                for o in offers
                for kind in self.KINDS
                for skill, level in o.slot.get(kind, {}).items()
            ],
            "resource_uses.csv": [
                {
                    "resource": waved(resource, o.wave).lower(),
                    "slot": o.code,
                    "amount": text(amount),
                }
                for o in offers
                for resource, amount in (
                    o.program.get("resources", {}) | o.slot.get("resources", {})
                ).items()
            ],
            "pathways.csv": [row for row, _steps in pathways],
            "pathway_steps.csv": [step for _row, steps in pathways for step in steps],
        }

    def slot(self, offer):
        least, most = offer.slot["capacity"]
        agreement = offer.fact("agreement")
        return {
            "intake": intake_code(offer.program),
            "host": waved(offer.slot["host"], offer.wave).lower(),
            "code": offer.code,
            "role_title_en": offer.slot["role_en"],
            "role_title_id": offer.slot["role_id"],
            "city": offer.slot["city"],
            "country": offer.fact("country"),
            "starts_on": text(offer.fact("starts_on")),
            "ends_on": text(offer.fact("ends_on")),
            "capacity_min": text(least),
            "capacity_max": text(most),
            "work_language": offer.fact("language"),
            "min_cefr": offer.fact("cefr"),
            "min_kkni": text(offer.slot.get("kkni")),
            "isced_fields": offer.slot.get("isced_fields", ""),
            "taught_language": offer.fact("taught_language"),
            "taught_cefr": offer.fact("taught_cefr"),
            "route": offer.fact("route"),
            "agreement": waved(agreement, offer.wave) if agreement else "",
            "condition": offer.slot.get("condition", ""),
            "note": offer.slot.get("note", ""),
        }

    def past(self):
        for program in self.corridors.programs:
            for past in program.get("past", []):
                row = self.slot(Offer(past, program, 0))
                yield row | {"intake": past["intake"], "agreement": ""}

    def pathways(self):
        for entry, wave, steps in self.corridors.pathways:
            code = waved(entry["code"], wave).lower()
            row = {
                "intake": f"{entry['program']}-2027",
                "code": code,
                "title_en": entry["title_en"],
                "title_id": entry["title_id"],
                "arrival_worth": str(entry["arrival_worth"]),
                "goal": self.goal(entry),
            }
            passes = [*entry["pass_percent"], ""]
            yield (
                row,
                [
                    {
                        "pathway": code,
                        "position": str(position),
                        "slot": slot,
                        "pass_percent": str(percent),
                    }
                    for position, (slot, percent) in enumerate(
                        zip(steps, passes, strict=True), start=1
                    )
                ],
            )

    def goal(self, entry):
        """Return the key of the goal that counts who arrives by a pathway."""
        (program,) = (
            each for each in self.corridors.programs if each["code"] == entry["program"]
        )
        (year,) = (goal[3] for goal in program["goals"] if goal[0] == entry["goal"])
        return f"{program['code']}/{entry['goal']}/{year}"
