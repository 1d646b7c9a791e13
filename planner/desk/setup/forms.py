"""The forms of the first steps: the program, its days, and who may take part."""

from datetime import timedelta

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from programs import lists, regulations
from programs.admin.changes import FreshForm
from programs.admin.verbs import reason_field
from programs.admin.widgets import with_preview
from programs.choices import PrioritySector, ProgramKind
from programs.domain import copies
from programs.domain.actors import is_administrator
from programs.models import Country, Institution, Intake, Placement, Program
from programs.roles import Role

from .fields import DayInput, FieldsOfStudy

DAYS = ("opens_on", "closes_on", "decide_by", "starts_on", "ends_on")
PAPERS, PLANNING, APPLYING = (timedelta(days=days) for days in (90, 30, 60))
"""How long before the start it is decided, before that closed, before that opened."""


class StartForm(forms.Form):
    """What a program cannot do without; all else has a default that can be changed."""

    title_id = forms.CharField(label=_("Title (Indonesian)"), max_length=200)
    title_en = forms.CharField(
        label=_("Title (English)"),
        max_length=200,
        required=False,
        help_text=_("Empty: the same."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ProgramKind)
    priority_sector = forms.ChoiceField(
        label=_("Priority sector"), choices=PrioritySector
    )
    partner_country = forms.ModelChoiceField(
        Country.objects.filter(is_partner=True), label=_("Partner country")
    )
    owner = forms.ModelChoiceField(Institution.objects.none(), label=_("Owner"))
    starts_on = forms.DateField(
        label=_("First day of the stays"),
        widget=DayInput,
        help_text=_(
            "People apply, and it is decided, before that: 90 days are left for "
            "papers, 30 for planning, 60 for applying. Each day can be changed."
        ),
    )
    ends_on = forms.DateField(
        label=_("Day after the last day of the stays"), widget=DayInput
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        owners = owners_of(user)
        self.fields["owner"].queryset = owners
        first = list(owners[:2])
        if len(first) == 1:  # there is nothing to choose
            self.fields["owner"].initial = first[0].pk
            self.fields["owner"].widget = forms.HiddenInput()

    def clean(self):
        """Refuse days that are the wrong way round."""
        data = super().clean()
        first, after = data.get("starts_on"), data.get("ends_on")
        if first and after and after <= first:
            self.add_error("ends_on", _("The end has to be after the start."))
        return data

    def rows(self, *, today):
        """Return the program and its first intake, unsaved."""
        data = self.cleaned_data
        program = Program(
            code=copies.free_code(Program, slugify(data["title_id"]) or "program"),
            title_id=data["title_id"],
            title_en=data["title_en"] or data["title_id"],
            kind=data["kind"],
            priority_sector=data["priority_sector"],
            partner_country=data["partner_country"],
            owner=data["owner"],
        )
        year = data["starts_on"].year
        intake = Intake(
            program=program,
            code=copies.free_code(Intake, f"{program.code[:50]}-{year}"),
            **days_before(data["starts_on"], today=today),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
        )
        return program, intake


class RepeatForm(forms.Form):
    """An intake of before to start from."""

    intake = forms.ModelChoiceField(
        Intake.objects.none(), label=_("Intake of before"), empty_label=None
    )
    as_program = forms.ChoiceField(
        label=_("It becomes"),
        choices=[
            ("", _("the next intake of the same program")),
            ("yes", _("a program of its own, with costs, payers, quotas and rules")),
        ],
        required=False,
        help_text=_("All days are a year later; people are not copied."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Intake.objects.visible_to(user)
        rows = rows.filter(program__owner__in=owners_of(user))
        rows = rows.select_related("program").order_by("-starts_on", "code")
        self.fields["intake"].queryset = rows


class FolderForm(forms.Form):
    """A ready folder to start from."""

    folder = forms.ChoiceField(label=_("Program of a regulation"))
    owner = forms.ModelChoiceField(
        Institution.objects.none(), label=_("Owner"), empty_label=None
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        known = set(Program.objects.values_list("code", flat=True))
        self.fields["folder"].choices = [
            (folder.name, folder.title)
            for folder in regulations.found()
            if folder.rows("programs")[0]["code"] not in known
        ]
        self.fields["owner"].queryset = owners_of(user)


def owners_of(user):
    """Return the institutions whose programs somebody may set up."""
    rows = Institution.objects.order_by("name")
    if is_administrator(user):
        return rows
    return rows.filter(pk__in=user.institution_ids(Role.COORDINATOR))


def days_before(start, *, today):
    """Return the days of an intake before its start; none is over already."""
    decide_by = max(start - PAPERS, min(today, start))
    closes_on = max(decide_by - PLANNING, min(today, decide_by))
    opens_on = max(closes_on - APPLYING, min(today, closes_on))
    return {"opens_on": opens_on, "closes_on": closes_on, "decide_by": decide_by}


class ProgramForm(FreshForm):
    """What a program is called and what it is for."""

    class Meta:
        model = Program
        fields = (
            "title_id", "title_en", "kind", "priority_sector", "partner_country",
            "is_incoming", "legal_basis", "description",
        )  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class DaysForm(FreshForm):
    """The days of an intake and how it is run."""

    class Meta:
        model = Intake
        fields = (
            *DAYS, "max_choices", "offer_days", "time_zone", "two_approvals",
        )  # fmt: skip
        widgets = dict.fromkeys(DAYS, DayInput)
        help_texts = {
            "opens_on": _("From this day on institutions nominate people."),
            "closes_on": _("The last day to apply; hosts rate candidates after it."),
            "decide_by": _("Exchange rates of this day value foreign costs."),
            "ends_on": _("The day after the last day of the stays."),
            "max_choices": _("How many slots a person may rank."),
            "offer_days": _("An offer that nobody answers expires after so many days."),
        }


class RulesForm(FreshForm):
    """Who may take part, in fields for what is common and a sentence for the rest."""

    isced_fields = FieldsOfStudy(
        label=_("Fields of study (ISCED-F)"),
        required=False,
        help_text=_(
            "None chosen: every field. A field covers its subfields. Hold Ctrl to "
            "choose several."
        ),
    )
    reason = reason_field()

    class Meta:
        model = Program
        fields = (
            "citizenship", "min_age", "max_age", "min_kkni", "isced_fields",
            "condition",
        )  # fmt: skip
        help_texts = {
            "min_age": _("In completed years on the first day of the stay."),
            "max_age": _("In completed years on the first day of the stay."),
            "min_kkni": _("A level of the national framework; 1 keeps nobody out."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = Placement.objects.live().filter(slot__intake__program=self.instance.pk)
        if not held.exists():  # nobody has a place that a rule could take
            del self.fields["reason"]
        self.fields["min_kkni"].widget = forms.Select(choices=lists.levels())
        stored = self.instance.isced_fields.split(",")
        self.fields["isced_fields"].choices = lists.fields_of_study(*stored)


def rules_form(program):
    """Return the form of a program's rules with its condition read aloud."""
    form = type("RulesForm", (RulesForm,), {})
    return with_preview(form, of="program", row=program)
