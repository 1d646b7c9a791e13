"""What every model shares: a public id and a queryset that knows who may see it."""

import uuid

from django.db import models
from django.utils.translation import get_language, gettext_lazy as _

from programs import access, validators
from programs.choices import Basis


class PublicModel(models.Model):
    """A row that outsiders refer to by a UUID, never by a row number."""

    id = models.UUIDField(
        _("identifier"), primary_key=True, default=uuid.uuid4, editable=False
    )

    class Meta:
        abstract = True


class ReferenceQuerySet(models.QuerySet):
    """Rows that everyone signed in may look up."""

    def visible_to(self, user):
        """Everything for a reader who is signed in, nothing for anybody else."""
        return self if access.is_signed_in(user) else self.none()


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to programs or institutions, by the paths named here."""

    institution = None
    program = None

    def visible_to(self, user):
        """Rows of the reader's programs and institutions; all where the role says."""
        return access.restrict(
            self, user, institution=self.institution, program=self.program
        )


class ThroughQuerySet(models.QuerySet):
    """Rows that are seen by whoever sees the row they hang on."""

    through = None

    def visible_to(self, user):
        """Rows whose parent the reader may see."""
        parent = self.model._meta.get_field(self.through).related_model
        seen = parent.objects.visible_to(user).values("pk")
        return self.filter(**{f"{self.through}__in": seen})


def seen_through(name):
    """Return a manager for rows that are seen with their parent ``name``."""
    kind = type("SeenThrough", (ThroughQuerySet,), {"through": name})
    return kind.as_manager()


def seen_within(*, institution=None, program=None):
    """Return a manager for rows that belong to programs or institutions."""
    paths = {"institution": institution, "program": program}
    return type("SeenWithin", (ScopedQuerySet,), paths).as_manager()


class CurrencyField(models.CharField):
    """An ISO 4217 code of three capital letters."""

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 3
        kwargs.setdefault("validators", [validators.validate_currency])
        super().__init__(*args, **kwargs)


def localised(english, indonesian):
    """Return the text in the active language, or the one that exists."""
    wanted, other = (
        (indonesian, english)
        if (get_language() or "en").startswith("id")
        else (english, indonesian)
    )
    return wanted or other


class BilingualName(models.Model):
    """A name in English and Bahasa Indonesia."""

    name_en = models.CharField(_("name (English)"), max_length=200)
    name_id = models.CharField(_("name (Indonesian)"), max_length=200)

    class Meta:
        abstract = True

    @property
    def name(self):
        """The name in the reader's language."""
        return localised(self.name_en, self.name_id)

    def __str__(self):
        return self.name


class Sourced(models.Model):
    """A reference row that names its source, or admits that it is assumed."""

    basis = models.CharField(
        _("basis"), max_length=10, choices=Basis, default=Basis.SOURCED
    )
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        abstract = True
