"""Quotas and objective profiles as rows."""

from .corridors import text


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
