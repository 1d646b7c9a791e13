"""What hosts, funders and ministries offer: the corridors' TOML files as rows.

The files describe sixty slots. More slots are made in *waves*: each wave copies the
hosts with their slots, agreements, shared resources and pathways, while programs,
intakes, quotas and budgets stay common to all (budgets grow with the slots).
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property

BASE_SLOTS = 60
FILES = ("common", "malaysia", "japan", "china", "taiwan", "money", "policy")
OPENS, CLOSES, DECIDES = "2026-10-01", "2026-11-15", "2026-12-18"


@dataclass(frozen=True)
class Offer:
    """A slot with the program it belongs to, as the generator of people needs it."""

    slot: dict
    program: dict
    wave: int

    @property
    def code(self):
        """The slot's code; copies carry the number of their wave."""
        return waved(self.slot["code"], self.wave)

    def fact(self, name, default=""):
        """Return what the slot says, or else what its program says."""
        return self.slot.get(name, self.program.get(name, default))


def waved(code, wave):
    """Return the code of a copy."""
    return f"{code}-W{wave + 1}" if wave else code


def text(value):
    """Return a value as a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "|".join(map(text, value))
    return "" if value is None else str(value)


class Corridors:
    """The offer of all corridors for a number of slots.

    Parameters
    ----------
    directory: folder of the TOML files.
    slots: how many slots to make.
    """

    def __init__(self, directory, slots=BASE_SLOTS):
        self.parts = [
            tomllib.loads((directory / f"{name}.toml").read_text(encoding="utf-8"))
            for name in FILES
        ]
        self.num_slots = slots

    def all(self, name):
        """Return every entry with this name in all files."""
        return [entry for part in self.parts for entry in part.get(name, [])]

    @property
    def fiscal_years(self):
        """The years that budgets are known for."""
        return self.parts[0]["demo"]["fiscal_years"]

    @property
    def factor(self):
        """How much bigger the offer is than the sixty slots of the files."""
        return max(1, self.num_slots / BASE_SLOTS)

    @cached_property
    def offers(self):
        """The slots that people can wish for, wave after wave."""
        base = [
            (slot, program)
            for program in self.all("programs")
            for slot in program["slots"]
        ]
        waves = -(-self.num_slots // len(base))
        endless = (
            Offer(slot, program, wave)
            for wave in range(waves)
            for slot, program in base
        )
        return [offer for offer, _ in zip(endless, range(self.num_slots), strict=False)]

    @property
    def waves(self):
        """Numbers of the waves in use."""
        return sorted({offer.wave for offer in self.offers})

    @cached_property
    def programs(self):
        """Programs that have a slot."""
        used = {offer.program["code"] for offer in self.offers}
        return [entry for entry in self.all("programs") if entry["code"] in used]

    def tables(self):
        """Return {file: rows} of everything that is not a person's."""
        makers = (Partners, Schemes, Places, Money, Policy)
        return {
            file: rows
            for maker in makers
            for file, rows in maker(self).tables().items()
        }


class Partners:
    """Institutions, agreements and shared resources."""

    def __init__(self, corridors):
        self.corridors = corridors
        self.hosts = set(corridors.all("hosts")[0]["institutions"])

    def tables(self):
        return {
            "institutions.csv": list(self.institutions()),
            "agreements.csv": list(self.agreements()),
            "shared_resources.csv": list(self.resources()),
        }

    def waves_of(self, code):
        """Hosts are copied in every wave, everybody else exists once."""
        return self.corridors.waves if code in self.hosts else [0]

    def institutions(self):
        for entry in self.corridors.all("institutions"):
            for wave in self.waves_of(entry["code"]):
                yield {
                    "code": waved(entry["code"], wave).lower(),
                    "name": entry["name"] + (f" {wave + 1}" if wave else ""),
                    "kind": entry["kind"],
                    "country": entry["country"],
                    "region": entry.get("region", ""),
                    "city": entry["city"],
                }

    def agreements(self):
        for entry in self.corridors.all("agreements"):
            for wave in self.corridors.waves:
                parties = [
                    waved(code, wave if code in self.hosts else 0).lower()
                    for code in entry["parties"]
                ]
                yield {
                    "code": waved(entry["code"], wave),
                    "title": entry["title"],
                    "parties": text(parties),
                    "program_kind": entry.get("program_kind", ""),
                    "state": entry["state"],
                    "valid_from": text(entry["valid_from"]),
                    "valid_to": text(entry["valid_to"]),
                    "yearly_cap": text(entry.get("yearly_cap")),
                    "yearly_person_months": text(entry.get("yearly_person_months")),
                }

    def resources(self):
        for entry in self.corridors.all("resources"):
            for wave in self.corridors.waves:
                yield entry | {
                    "code": waved(entry["code"], wave).lower(),
                    "owner": waved(entry["owner"], wave).lower(),
                    "capacity": text(entry["capacity"]),
                }


class Schemes:
    """Programs with their goals, and one intake of each."""

    FIELDS = (
        "code", "title_en", "title_id", "kind", "priority_sector", "owner",
        "partner_country", "legal_basis", "description", "citizenship", "min_age",
        "max_age", "min_kkni", "isced_fields",
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
            "state": "running",
        }


def intake_code(program):
    """Return the code of a program's intake of 2027."""
    return f"{program['code']}-2027"


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
            "note": offer.slot.get("note", ""),
        }

    def past(self):
        for program in self.corridors.programs:
            for past in program.get("past", []):
                row = self.slot(Offer(past, program, 0))
                yield row | {"intake": past["intake"], "agreement": ""}

    def pathways(self):
        made = {offer.code for offer in self.corridors.offers}
        for entry in self.corridors.all("pathways"):
            for wave in self.corridors.waves:
                steps = [waved(code, wave) for code in entry["steps"]]
                code = waved(entry["code"], wave).lower()
                if not made.issuperset(steps):
                    continue
                row = {
                    "intake": f"{entry['program']}-2027",
                    "code": code,
                    "title_en": entry["title_en"],
                    "title_id": entry["title_id"],
                }
                yield (
                    row,
                    [
                        {"pathway": code, "position": str(position), "slot": slot}
                        for position, slot in enumerate(steps, start=1)
                    ],
                )


class Money:
    """Funding sources with their budgets; what programs cost and who pays it."""

    def __init__(self, corridors):
        self.corridors = corridors

    def tables(self):
        return {
            "funding_sources.csv": list(self.sources()),
            "budget_lines.csv": list(self.lines()),
            "cost_rules.csv": list(self.costs()),
            "funding_rules.csv": list(self.rules()),
        }

    def hosts(self):
        for code in self.corridors.all("hosts")[0]["institutions"]:
            for wave in self.corridors.waves:
                yield waved(code, wave).lower()

    def sources(self):
        for entry in self.corridors.all("sources"):
            yield {
                "code": entry["code"],
                "name": entry["name"],
                "kind": entry["kind"],
                "institution": entry.get("institution", ""),
            }
        names = {
            row["code"]: row["name"] for row in Partners(self.corridors).institutions()
        }
        for code in self.hosts():
            yield {
                "code": f"host-{code}",
                "name": names[code],
                "kind": "company",
                "institution": code,
            }

    def lines(self):
        for entry in self.corridors.all("sources"):
            for year, categories in entry["lines"].items():
                for category, amount in categories.items():
                    yield self.line(entry, year, category, amount)
        for code in self.hosts():
            for year in self.corridors.fiscal_years:
                yield self.line({"code": f"host-{code}"}, year, "any", "unlimited")

    def line(self, source, year, category, amount):
        limited = amount != "unlimited"
        return {
            "source": source["code"],
            "fiscal_year": text(year),
            "category": "" if category == "any" else category,
            "amount": text(round(amount * self.corridors.factor)) if limited else "",
            "currency": source.get("currency", "IDR"),
        }

    def costs(self):
        legs = self.corridors.parts[0]["domestic_legs"]
        for program in self.corridors.programs:
            for category, rule in program["costs"].items():
                yield self.cost({"program": program["code"]}, category, *rule)
            if "transport_local" not in program["costs"]:
                continue
            for province, amount in legs.items():
                rule = self.cost(
                    {"program": program["code"]}, "transport_local", "one_off", amount
                )
                yield rule | {"origin": province}
        for offer in self.corridors.offers:
            for category, rule in offer.slot.get("costs", {}).items():
                yield self.cost({"slot": offer.code}, category, *rule)

    def cost(self, of, category, formula, amount, currency="IDR", basis="assumed"):
        return {
            "program": of.get("program", ""),
            "slot": of.get("slot", ""),
            "category": category,
            "formula": formula,
            "amount": text(amount),
            "currency": currency,
            "origin": "",
            "basis": basis,
        }

    def rules(self):
        """A share is written as its percentage; an ``h`` behind it: the host's."""
        for program in self.corridors.programs:
            for category, shares in program["funding"].items():
                for share, sources in shares.items():
                    yield {
                        "program": program["code"],
                        "category": category,
                        "percent": share.removesuffix("h"),
                        "host_pays": text(share.endswith("h")),
                        "sources": text(sources),
                    }


class Policy:
    """Quotas and the weights of the objective."""

    QUOTA_FIELDS = (
        "code", "name_en", "name_id", "program", "attribute", "region_list", "province",
        "sex", "institution", "institution_kind", "host_country", "kind", "measure",
        "value", "is_hard", "price",
    )  # fmt: skip

    def __init__(self, corridors):
        self.corridors = corridors

    def tables(self):
        used = {program["code"] for program in self.corridors.programs}
        return {
            "quotas.csv": [
                self.quota(entry)
                for entry in self.corridors.all("quotas")
                if entry.get("program", "") in used | {""}
            ],
            "objective_profiles.csv": [
                {name: text(value) for name, value in entry.items()}
                for entry in self.corridors.all("profiles")
            ],
        }

    def quota(self, entry):
        row = {name: text(entry.get(name)) for name in self.QUOTA_FIELDS}
        if entry["measure"] == "absolute":
            row["value"] = text(round(entry["value"] * self.corridors.factor))
        return row | {"is_hard": text(entry.get("is_hard", False))}
