"""The outbox: what happened, told in ids, written with the change it tells of."""

from django.db import connections, models
from django.db.models import F, UUIDField, Value
from django.db.models.functions import Cast, Replace
from django.utils.translation import gettext_lazy as _

from programs import access
from programs.roles import Permission

from .institutions import Institution


class EventQuerySet(models.QuerySet):
    """Events, narrowed to those that concern the reader."""

    def visible_to(self, user):
        """Events of the reader's institutions; all for whoever sees everything."""
        if access.is_signed_in(user) and not user.allows(Permission.VIEW_ALL):
            told = self.model._base_manager.filter(
                institutions__in=user.institution_ids()
            )
            return self.filter(pk__in=told.values("pk"))
        return access.restrict(self, user, institution="institutions", program=None)

    def ids(self):
        """Return the ids that the events name, as primary keys to look rows up by."""
        named = F("object_id")
        if connections[self.db].vendor == "sqlite":  # keeps an id without its dashes
            key = Replace(named, Value("-"), Value(""), output_field=UUIDField())
        else:
            key = Cast(named, UUIDField())
        return self.order_by().annotate(key=key).values("key")


class Event(models.Model):
    """Something happened to something; whoever delivers it looks the rest up."""

    sequence = models.BigAutoField(_("number"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.CharField(_("identifier"), max_length=64)
    at = models.DateTimeField(_("at"))
    institutions = models.ManyToManyField(
        Institution,
        related_name="events",
        verbose_name=_("concerns"),
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["sequence"]
        indexes = [models.Index(fields=["object_type", "at"], name="event_changes")]

    def __str__(self):
        return f"{self.sequence} {self.kind}"
