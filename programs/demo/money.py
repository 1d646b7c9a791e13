"""Funding sources, budgets, costs and who pays them as rows."""

from .corridors import text, waved
from .partners import Partners


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
        for code in self.corridors.hosts:
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
