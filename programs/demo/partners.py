"""Institutions, agreements and shared resources as rows."""

from .corridors import text, waved


class Partners:
    """Institutions, agreements and shared resources."""

    def __init__(self, corridors):
        self.corridors = corridors

    def tables(self):
        return {
            "institutions.csv": list(self.institutions()),
            "agreements.csv": list(self.agreements()),
            "shared_resources.csv": list(self.resources()),
        }

    def waves_of(self, code):
        """Hosts are copied in every wave, everybody else exists once."""
        return self.corridors.waves if code in self.corridors.hosts else [0]

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
                    waved(code, wave if code in self.corridors.hosts else 0).lower()
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
