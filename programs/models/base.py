"""What every model shares: a public id and a queryset that knows who may see it."""

import uuid

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programs import validators
from programs.choices import Basis


class PublicModel(models.Model):
    """A row that outsiders refer to by a UUID, never by a row number."""

    id = models.UUIDField(
        _("identifier"), primary_key=True, default=uuid.uuid4, editable=False
    )

    class Meta:
        abstract = True


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
