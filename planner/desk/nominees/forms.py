"""Choices of a nominee, the first first, from a list of what the intake offers."""

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from programs.models import Participant, Pathway, Slot


class ChoicesForm(forms.Form):
    """As many lists as the intake takes choices; what is chosen is for the verb."""

    def __init__(self, *args, intake, user, wishes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.places = places_of(intake, user, wishes)
        options = [("", _("no choice"))]
        options += [(key, name) for key, name, _row in self.places]
        held = {row: key for key, _name, row in self.places}
        self.ranked = [f"choice_{n}" for n in range(1, intake.max_choices + 1)]
        for rank, name in enumerate(self.ranked, start=1):
            wish = wishes[rank - 1] if rank <= len(wishes) else None
            self.fields[name] = forms.ChoiceField(
                label=_("Choice %(rank)s") % {"rank": rank},
                choices=options,
                required=False,
                initial=held.get(wish, ""),
            )

    def clean(self):
        """Refuse a gap: what stands below it would get another rank than it shows."""
        data = super().clean()
        given = [bool(data.get(name)) for name in self.ranked]
        if given != sorted(given, reverse=True):
            raise forms.ValidationError(
                _("Fill the choices from the first on, without a gap between them.")
            )
        return data

    def wishes(self):
        """Return the slots and pathways that were chosen, the first first."""
        rows = {key: row for key, _name, row in self.places}
        keys = (self.cleaned_data[name] for name in self.ranked)
        return [rows[key] for key in keys if key]

    def lists(self):
        """Return the fields of the choices, to be shown one below the other."""
        return [self[name] for name in self.ranked]


def places_of(intake, user, wishes=()):
    """Return (key, name, row) of what can be chosen, and of what was chosen before."""
    slots = Slot.objects.visible_to(user).filter(intake=intake).open()
    pathways = Pathway.objects.visible_to(user).filter(intake=intake)
    rows = [*slots.select_related("host").order_by("code", "pk"), *pathways]
    rows += [row for row in wishes if row not in rows]
    return [(str(row.pk), name_of(row), row) for row in rows]


def name_of(row):
    """Return how a slot or pathway is called in the lists."""
    if isinstance(row, Slot):
        told = {"role": row.role_title, "host": row.host, "city": row.city}
        return _("%(role)s – %(host)s, %(city)s") % told
    return _("Pathway: %(title)s") % {"title": row.title}


class NominateForm(ChoicesForm):
    """Several people at once, with the same choices; each can be changed later."""

    people = forms.ModelMultipleChoiceField(
        Participant.objects.none(),
        label=gettext_lazy("People"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one person.")},
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people
        self.fields["people"].label_from_instance = labelled


def labelled(person):
    """Return how a person is named in a list of boxes."""
    return f"{person.full_name} ({person.code})"
