"""Codes of what exists, each kind of thing read once for a whole file."""

from collections import Counter
from functools import cached_property

from programs import models
from programs.choices import RegionLevel


class Lookups:
    """Primary keys by code, as somebody who brings a file may use them.

    Parameters
    ----------
    by: the user; programs, intakes and people are those the user may change.
    """

    MODELS = {
        "agreement": (models.Agreement, "code"),
        "country": (models.Country, "code"),
        "costcategory": (models.CostCategory, "code"),
        "fundingsource": (models.FundingSource, "code"),
        "immigrationroute": (models.ImmigrationRoute, "code"),
        "institution": (models.Institution, "code"),
        "intake": (models.Intake, "code"),
        "pathway": (models.Pathway, "code"),
        "profile": (models.ObjectiveProfile, "code"),
        "program": (models.Program, "code"),
        "regionlist": (models.RegionList, "code"),
        "sharedresource": (models.SharedResource, "code"),
        "skill": (models.Skill, "code"),
    }

    VERSIONED = ("regionlist", "profile")
    """Kinds of things whose code may have several versions."""

    def __init__(self, by):
        self.by = by
        self._read = {}

    def __getitem__(self, what):
        """Return {code: primary key} of everything of a kind."""
        if what in self.VERSIONED:
            return self.versions_of(what)
        if what not in self._read:
            model, field = self.MODELS[what]
            self._read[what] = dict(
                model._base_manager.values_list(field, "pk").iterator()
            )
        return self._read[what]

    def label(self, what):
        """Return what people call this kind of thing."""
        return str(self.MODELS[what][0]._meta.verbose_name)

    @cached_property
    def regions(self):
        """Return {registry: {code: region}} for both registries."""
        registries = {"kemendagri": {}, "bps": {}}
        for region in models.Region.objects.filter(level=RegionLevel.PROVINCE):
            registries["kemendagri"][region.kemendagri_code] = region
            registries["bps"][region.bps_code] = region
        return registries

    @cached_property
    def regions_and_regencies(self):
        """Return what ``regions`` does, with regencies among those of Kemendagri."""
        rows = models.Region.objects.filter(level=RegionLevel.REGENCY)
        known = {region.kemendagri_code: region for region in rows}
        return self.regions | {"kemendagri": self.regions["kemendagri"] | known}

    @cached_property
    def regencies(self):
        """Return {Kemendagri code: province code} of the known regencies."""
        rows = models.Region.objects.filter(level=RegionLevel.REGENCY)
        return dict(rows.values_list("kemendagri_code", "parent_id"))

    def versions_of(self, what):
        """Return {CODE:VERSION: primary key}, and by the code where there is one."""
        if what not in self._read:
            rows = list(self.MODELS[what][0].objects.all())
            versions = Counter(row.code for row in rows)
            alone = {row.code: row.pk for row in rows if versions[row.code] == 1}
            self._read[what] = alone | {row.full_code: row.pk for row in rows}
        return self._read[what]

    def full_code(self, what, code):
        """Return CODE:VERSION of what a code names, as files write it."""
        known = self.versions_of(what)
        named = {pk: full for full, pk in known.items() if ":" in full}
        return named.get(known.get(code), code)

    @cached_property
    def intakes(self):
        """Return intakes with their programs, by primary key."""
        return models.Intake.objects.select_related("program").in_bulk()

    @cached_property
    def scales(self):
        """Return {(test, version): lines} of the language scales."""
        scales = {}
        for scale in models.LanguageScale.objects.all():
            scales.setdefault((scale.test, scale.version), []).append(scale)
        return scales

    @cached_property
    def definitions(self):
        """Return {code: definition} of the facts that the ministry has defined."""
        return {row.code: row for row in models.FactDefinition.objects.all()}

    def own(self, model):
        """Return primary keys of rows that the user may change by a file."""
        name = f"own-{model._meta.model_name}"
        if name not in self._read:
            rows = model.objects.all().visible_to(self.by)
            self._read[name] = set(rows.values_list("pk", flat=True))
        return self._read[name]
