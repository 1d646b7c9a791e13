"""What a step lacks: the coordinator adds it on the way, or asks who may."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.choices import FundingSourceKind, InstitutionKind, NeedKind
from programs.domain import agreements, money, needs, payers, senders
from programs.models import Country, Institution

from .fields import DayInput


class MissingForm(forms.Form):
    """Something that is in no list yet; ``slug`` is its name in addresses."""

    slug, step = "", ""

    def __init__(self, data=None, *, intake, user):
        super().__init__(data, prefix=self.slug)
        self.intake, self.user = intake, user
        self.prepare()

    def prepare(self):
        """Fill in what intake and user know."""


class HostForm(MissingForm):
    """A host."""

    slug, step = "host", "slots"
    title, button = _("A host is not in the list: add it"), _("Add the host")
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in senders.HOSTS],
        initial=InstitutionKind.COMPANY,
    )
    country = forms.ModelChoiceField(
        Country.objects.all(), label=_("Country"), empty_label=None
    )
    city = forms.CharField(label=_("City"), max_length=100)

    def prepare(self):
        """Begin with the partner country."""
        self.initial["country"] = self.intake.program.partner_country_id

    def save(self, *, now):
        """Add the host; return what is said of it."""
        host = senders.add_host(by=self.user, now=now, **self.cleaned_data)
        return _("%(host)s is in the list of hosts now.") % {"host": host}


class PayerForm(MissingForm):
    """A payer; of the state's money it is asked for."""

    slug, step = "payer", "costs"
    title, button = _("A payer is not in the list: add it"), _("Add or ask for it")
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=FundingSourceKind,
        help_text=_("The state's money and scholarships are added by a planner."),
    )

    def save(self, *, now):
        """Add the payer, or ask a planner for it; return what is said of it."""
        name, kind = self.cleaned_data["name"], self.cleaned_data["kind"]
        if kind in money.OWN_MONEY or self.user.allows("manage_money"):
            payers.add(name=name, kind=kind, by=self.user, now=now)
            return _("%(payer)s is in the list of payers now.") % {"payer": name}
        words = f"{name} ({FundingSourceKind(kind).label})"
        facts = {"kind": NeedKind.PAYER, "words": words}
        needs.ask(intake=self.intake, by=self.user, now=now, **facts)
        return _("The planners are asked to add %(payer)s.") % {"payer": name}


class RouteForm(MissingForm):
    """An immigration route, which an administrator adds."""

    slug, step = "route", "slots"
    title = _("An immigration route is not in the list: ask for it")
    button = _("Ask an administrator")
    words = forms.CharField(label=_("Which route, of which country?"), max_length=300)

    def save(self, *, now):
        """Ask for the route; return what is said of it."""
        facts = {"kind": NeedKind.ROUTE, "words": self.cleaned_data["words"]}
        needs.ask(intake=self.intake, by=self.user, now=now, **facts)
        return _("The administrators are asked for the route.")


class AgreementForm(MissingForm):
    """An agreement that owner and host have signed."""

    slug, step = "agreement", "slots"
    title = _("A signed agreement is not in the list: add it")
    button = _("Add the agreement")
    title_ = forms.CharField(label=_("Title"), max_length=200)
    code = forms.CharField(label=_("Number of the document"), max_length=50)
    host = forms.ModelChoiceField(
        Institution.objects.none(), label=_("With the host"), empty_label=None
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_to = forms.DateField(
        label=_("Valid to"),
        widget=DayInput,
        help_text=_("The first day on which it is valid no more."),
    )

    def prepare(self):
        """Offer the hosts of the intake."""
        hosts = Institution.objects.filter(slots__intake=self.intake)
        self.fields["host"].queryset = hosts.distinct().order_by("name")

    def save(self, *, now):
        """Note it as in force, and let the host's slots rest on it."""
        data = dict(self.cleaned_data)
        host, title = data.pop("host"), data.pop("title_")
        parties = [self.intake.program.owner, host]
        slots = self.intake.slots.filter(host=host, agreement=None)
        agreements.note_signed(
            title=title, parties=parties, slots=slots, by=self.user, now=now, **data
        )
        return _("The agreement is in force, and the slots of %(host)s rest on it.") % {
            "host": host
        }


FORMS = {form.slug: form for form in (HostForm, AgreementForm, RouteForm, PayerForm)}


def forms_of(step, *, intake, user):
    """Return the forms of a step for what it may lack."""
    wanted = [form for form in FORMS.values() if form.step == step]
    return [form(intake=intake, user=user) for form in wanted]
