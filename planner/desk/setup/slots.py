"""The step of slots: those there are, and lines for new ones with their defaults."""

from django import forms
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from programs.choices import AgreementState, Cefr, InstitutionKind, SlotState
from programs.domain import copies, slots
from programs.models import Agreement, ImmigrationRoute, Institution, Slot

from .fields import DayInput, language, version_of

NEW_LINES = 3


class SlotLine(forms.Form):
    """A slot as a line of the table; what stays empty comes from host and intake."""

    role_title_id = forms.CharField(max_length=200, required=False)
    host = forms.ModelChoiceField(Institution.objects.none(), required=False)
    capacity_min = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    capacity_max = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def __init__(self, *args, hosts, options, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["host"].queryset = hosts
        self.fields["host"].widget.choices = options  # read once for all lines
        labels = {
            "role_title_id": _("role"),
            "host": _("host"),
            "capacity_min": _("fewest people"),
            "capacity_max": _("most people"),
        }
        for name, label in labels.items():
            words = _("New slot, line %(line)s: %(field)s")
            number = int(self.prefix.rpartition("-")[2]) + 1
            told = words % {"line": number, "field": label}
            self.fields[name].label = label
            self.fields[name].widget.attrs["aria-label"] = told

    def clean(self):
        """Ask for all of a line that somebody began."""
        data = super().clean()
        if self.has_changed():
            for name in ("role_title_id", "host", "capacity_max"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("This field is required."))
        return data


class CommonForm(forms.Form):
    """What the new slots have in common, with where its default comes from."""

    role_title_en = forms.CharField(
        label=gettext_lazy("Role in English"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: as in Indonesian."),
    )
    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Empty: where the host is."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Starts on"),
        widget=DayInput,
        required=False,
        help_text=gettext_lazy("Empty: with the intake."),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Ends on"),
        widget=DayInput,
        required=False,
        help_text=gettext_lazy("The first day after the stay. Empty: with the intake."),
    )
    work_language = forms.CharField(
        label=gettext_lazy("Work language"),
        required=False,
        help_text=gettext_lazy("Empty: the language of the host's country."),
    )
    min_cefr = forms.ChoiceField(
        label=gettext_lazy("Language level needed"),
        choices=[("", "–"), *Cefr.choices],
        required=False,
        help_text=gettext_lazy("Of the work language; empty: no test is asked for."),
    )
    route = forms.ModelChoiceField(
        ImmigrationRoute.objects.none(),
        label=gettext_lazy("Immigration route"),
        required=False,
        help_text=gettext_lazy(
            "Empty: the only one of the country that lasts for the whole stay."
        ),
    )
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(),
        label=gettext_lazy("Agreement"),
        required=False,
        help_text=gettext_lazy(
            "Empty: the only one in force with the host on the first day."
        ),
    )

    def __init__(self, *args, routes, agreements, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["work_language"].widget = language()
        self.fields["route"].queryset = routes
        self.fields["agreement"].queryset = agreements


class FrameLine(forms.Form):
    """What of a slot there is can be changed in the table."""

    capacity_min = forms.IntegerField(min_value=1, max_value=100_000)
    capacity_max = forms.IntegerField(min_value=1, max_value=100_000)
    route = forms.ChoiceField(required=False)
    agreement = forms.ChoiceField(required=False)

    def __init__(self, *args, slot, routes, agreements, **kwargs):
        values = {
            "capacity_min": slot.capacity_min,
            "capacity_max": slot.capacity_max,
            "route": str(slot.route_id or ""),
            "agreement": str(slot.agreement_id or ""),
        }
        super().__init__(*args, initial=values, prefix=f"slot-{slot.pk}", **kwargs)
        self.slot = slot
        own = [row for row in routes if row.country_id == slot.country_id]
        self.fields["route"].choices = options(own, slot.route)
        held = [row for row in agreements if slot.host_id in parties(row)]
        self.fields["agreement"].choices = options(held, slot.agreement)
        for name, label in (
            ("capacity_min", _("fewest people")),
            ("capacity_max", _("most people")),
            ("route", _("immigration route")),
            ("agreement", _("agreement")),
        ):
            told = f"{slot.code}: {label}"
            self.fields[name].label = label
            self.fields[name].widget.attrs["aria-label"] = told

    def entry(self):
        """Return the change of the slot, or None where nothing changes."""
        changed = tuple(self.changed_data)
        for name in changed:
            value = self.cleaned_data[name]
            if name in ("route", "agreement"):
                setattr(self.slot, f"{name}_id", value or None)
            else:
                setattr(self.slot, name, value)
        return slots.Entry(self.slot, changed) if changed else None


def options(rows, *kept):
    """Return the options of a list, with what is kept though it is not among them."""
    found = {str(row.pk): str(row) for row in (*rows, *filter(None, kept))}
    return [("", "–"), *found.items()]


def parties(agreement):
    """Return the ids of an agreement's parties, read with it."""
    return {party.pk for party in agreement.parties.all()}


class SlotsStep:
    """The page of slots: read, and written by the verbs of slots.

    Parameters
    ----------
    data: what was sent, or None.
    """

    template = "desk/setup/slots.html"

    def __init__(self, intake, *, user, data=None):
        self.intake, self.user = intake, user
        rows = intake.slots.select_related("host", "country", "route", "agreement")
        self.slots = list(rows.order_by("code", "pk"))
        for slot in self.slots:
            slot.intake = intake
        self.routes = list(ImmigrationRoute.objects.select_related("country"))
        agreements = Agreement.objects.visible_to(user).exclude(
            state__in=[AgreementState.EXPIRED, AgreementState.TERMINATED]
        )
        self.agreements = list(agreements.prefetch_related("parties"))
        abroad = Institution.objects.exclude(
            kind=InstitutionKind.VOCATIONAL_SCHOOL, country="ID"
        )
        self.hosts = list(abroad.order_by("name"))
        known = {"routes": self.routes, "agreements": self.agreements}
        self.lines = [FrameLine(data, slot=slot, **known) for slot in self.slots]
        options = [("", "–"), *((host.pk, host.name) for host in self.hosts)]
        abroad = abroad.select_related("country", "region")
        self.new = [
            SlotLine(data, hosts=abroad, options=options, prefix=f"new-{at}")
            for at in range(NEW_LINES)
        ]
        self.common = CommonForm(
            data,
            routes=ImmigrationRoute.objects.all(),
            agreements=agreements,
        )
        self.version = version_of(*self.slots_shown())

    def slots_shown(self):
        """Return what the page shows of slots, to notice that it has changed."""
        return [
            (
                str(slot.pk),
                slot.capacity_min,
                slot.capacity_max,
                str(slot.route_id),
                str(slot.agreement_id),
            )
            for slot in self.slots
        ]

    def is_valid(self):
        """Return whether everything that was sent can be read."""
        sent = (*self.lines, *self.new, self.common)
        errors = [form.errors for form in sent]
        return not any(errors)

    def save(self, *, by, now):
        """Change the slots there are and add the new ones, all or none."""
        changed = [entry for line in self.lines if (entry := line.entry())]
        new = [line for line in self.new if line.has_changed()]
        with transaction.atomic():
            if changed:
                slots.change_many(entries=changed, by=by, now=now)
            if new:
                rows = self.rows(new)
                entries = [slots.Entry(row, to=SlotState.OPEN) for row in rows]
                slots.propose_many(entries=entries, by=by, now=now)
        return bool(changed or new)

    def rows(self, lines):
        """Yield the new slots with their defaults from host and intake."""
        common = self.common.cleaned_data
        taken = set(Slot.objects.values_list("host", "code"))
        for line in lines:
            data = line.cleaned_data
            host = data["host"]
            most = data["capacity_max"]
            slot = Slot(
                intake=self.intake,
                host=host,
                code=self.code(host, data["role_title_id"], taken),
                role_title_id=data["role_title_id"],
                role_title_en=common["role_title_en"] or data["role_title_id"],
                city=common["city"] or host.city or host.name[:100],
                country=host.country,
                province_id=slots.province_of(host),
                starts_on=common["starts_on"] or self.intake.starts_on,
                ends_on=common["ends_on"] or self.intake.ends_on,
                capacity_min=data["capacity_min"] or 1,
                capacity_max=most,
                work_language=common["work_language"]
                or host.country.native_language
                or "en",
                min_cefr=common["min_cefr"],
            )
            slot.route = common["route"] or self.only_route(slot)
            slot.agreement = common["agreement"] or self.only_agreement(slot)
            yield slot

    def code(self, host, title, taken):
        """Return a code that the host has not used: of country, role and year."""
        words = slugify(title) or "slot"
        stem = f"{host.country_id}-{words[:40].strip('-')}-{self.intake.starts_on:%y}"
        stem, number = stem.upper(), 1
        code = stem
        while (host.pk, code) in taken:
            number += 1
            code = f"{stem}-{number}"
        taken.add((host.pk, code))
        return code

    def only_route(self, slot):
        """Return the one route that lasts for the stay, if there is just one."""
        found = [
            route
            for route in self.routes
            if route.country_id == slot.country_id != "ID" and copies.lasts(route, slot)
        ]
        return found[0] if len(found) == 1 else None

    def only_agreement(self, slot):
        """Return the one agreement in force with the host, if there is just one."""
        wanted = {slot.host_id, self.intake.program.owner_id}
        found = [
            row
            for row in self.agreements
            if row.state == AgreementState.IN_FORCE
            and row.valid_from <= slot.starts_on < row.valid_to
            and wanted <= parties(row)
        ]
        return found[0] if len(found) == 1 else None
