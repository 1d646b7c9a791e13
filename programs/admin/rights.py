"""A person's rights on the desk: what is held, requests, consents, erasure.

Officers do all of it. The institution that registered a person notes what the person
asks for, reads the answers, and records consents; an officer answers, restricts, erases
and hands out what is held.
"""

import json
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _, gettext_lazy

from programs import clock
from programs.choices import CONSENT_PURPOSES, Purpose, RightsKind, RightsOutcome
from programs.domain import consents, officers, personal_data, purposes, rights
from programs.models import Country
from programs.refusals import Refusal
from programs.roles import Permission

HANDLERS = (Permission.REVEAL_PERSON, Permission.NOMINATE)
"""Who handles the rights of people at all: officers, and who registers people."""


class RequestForm(forms.Form):
    """What the person asks for."""

    kind = forms.ChoiceField(label=gettext_lazy("asks for"), choices=RightsKind)
    application = forms.ModelChoiceField(
        label=gettext_lazy("about the application"),
        queryset=None,
        required=False,
        help_text=gettext_lazy("For an objection to a decision by machine."),
    )
    words = forms.CharField(
        label=gettext_lazy("in the person's words"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args, person, by, **kwargs):
        super().__init__(*args, **kwargs)
        # Officers hand out all that is held about a person, wherever it is.
        applications = person.applications.all()
        if not by.allows(Permission.REVEAL_PERSON):
            applications = applications.visible_to(by)
        applications = applications.select_related("intake__program")
        field = self.fields["application"]
        field.queryset = applications
        field.label_from_instance = lambda row: str(row.intake)


class ConsentForm(forms.Form):
    """What the person consented to, and where that can be seen."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("consents to"),
        choices=[
            (each.value, each.label) for each in Purpose if each in CONSENT_PURPOSES
        ],
    )
    country = forms.ModelChoiceField(
        label=gettext_lazy("country"),
        queryset=Country.objects.all(),
        required=False,
        help_text=gettext_lazy("For a transfer."),
    )
    given_on = forms.DateField(
        label=gettext_lazy("given on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    evidence = forms.CharField(
        label=gettext_lazy("evidence"),
        max_length=1000,
        help_text=gettext_lazy(
            "Where it can be seen, such as the form and its number."
        ),
    )


class RightsMixin:
    """Adds the page of a person's rights to the table of people."""

    def get_urls(self):
        """Add the page, and the file with everything held."""
        pages = [
            ("rights/", self.rights_view, "rights"),
            ("everything.json", self.everything_view, "everything"),
        ]
        return [
            path(
                f"<path:object_id>/{end}",
                self.admin_site.admin_view(view),
                name=f"programs_participant_{name}",
            )
            for end, view, name in pages
        ] + super().get_urls()

    def rights_view(self, request, object_id):
        """Show requests and what may be done; do what was asked for."""
        person = self._person(request, object_id)
        if request.method == "POST" and self._act(request, person):
            return redirect("admin:programs_participant_rights", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rights of the person"),
            "person": person,
            "is_officer": request.user.allows(Permission.REVEAL_PERSON),
            "form": RequestForm(person=person, by=request.user),
            "outcomes": RightsOutcome.choices,
            "requests": person.rights_requests.select_related(
                "application__intake__program"
            ).order_by("-received_at"),
            "purposes": purposes.register().values(),
            "consent_form": ConsentForm(),
            "consents": person.consents.select_related("country"),
            "missing": consents.missing(person),
            "standing": rights.standing(person).select_related("slot"),
            "now": clock.now(),
            "kept": personal_data.kept(person),
            "may_erase": request.user.allows(Permission.MANAGE_PROGRAMS),
        }
        return TemplateResponse(request, "desk/tables/rights.html", context)

    def everything_view(self, request, object_id):
        """Send everything held about the person, in both languages."""
        if not request.user.allows(Permission.REVEAL_PERSON):
            raise PermissionDenied
        person = self.visible_or_404(request, object_id)
        if request.method != "POST":
            return redirect("admin:programs_participant_rights", person.pk)
        held = personal_data.export_person(
            participant=person, by=request.user, now=clock.now()
        )
        return HttpResponse(
            json.dumps(held, indent=2, ensure_ascii=False),
            content_type="application/json",
            headers={
                "Content-Disposition": f'attachment; filename="{person.pk}.json"',
                "Cache-Control": "no-store",
            },
        )

    def _person(self, request, object_id):
        """Return the person, to officers who see them and to whoever registered them.

        Who is neither is told that by role, whatever the address names.
        """
        if not self.allows_any(request, HANDLERS):
            raise PermissionDenied
        person = self.visible_or_404(request, object_id)
        is_officer = request.user.allows(Permission.REVEAL_PERSON)
        if not (is_officer or officers.is_sender(person, request.user)):
            raise PermissionDenied
        return person

    def _act(self, request, person):
        """Do what the pressed button says; return whether it was done."""
        pressed = [name for name in ACTS if name in request.POST]
        if not pressed:
            return False
        try:
            done = ACTS[pressed[0]](request, person)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return False
        if done:
            messages.success(request, done)
        return bool(done)


def _receive(request, person):
    form = RequestForm(request.POST, person=person, by=request.user)
    if not form.is_valid():
        return _told(request, form)
    by, now = request.user, clock.now()
    rights.receive(participant=person, by=by, now=now, **form.cleaned_data)
    return _("The request is noted; its clock runs.")


def _answer(request, person):
    rows = person.rights_requests.filter(pk=_id(request.POST["answer"]))
    row = rows.first()
    outcome = request.POST.get("outcome", "")
    if row is None or outcome not in RightsOutcome.values:
        messages.error(request, _("Choose how the request is answered."))
        return ""
    rights.answer(
        request=row,
        outcome=outcome,
        words=request.POST.get("words", ""),
        by=request.user,
        now=clock.now(),
    )
    return _("The request is answered.")


def _restrict(request, person):
    reason = request.POST.get("reason", "")
    rights.restrict(participant=person, reason=reason, by=request.user, now=clock.now())
    return _("The person's data are kept and not processed any more.")


def _lift(request, person):
    reason = request.POST.get("reason", "")
    rights.lift(participant=person, reason=reason, by=request.user, now=clock.now())
    return _("The person's data are processed again.")


def _give(request, person):
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _told(request, form)
    by, now = request.user, clock.now()
    consents.give(participant=person, by=by, now=now, **form.cleaned_data)
    return _("The consent is recorded.")


def _withdraw(request, person):
    row = person.consents.filter(pk=_id(request.POST["withdraw"])).first()
    if row is None:
        return ""
    said = consents.withdraw(consent=row, by=request.user, now=clock.now())
    return " ".join([_("The consent is withdrawn."), *said])


def _erase(request, person):
    if request.POST.get("confirmed") != "yes":
        messages.error(request, _("Tick the box first: there is no undo."))
        return ""
    personal_data.erase(participant=person, by=request.user, now=clock.now())
    return _("What identified the person is erased.")


def _told(request, form):
    """Say what is wrong with a form, and that nothing was done."""
    for name, faults in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label}: {' '.join(faults)}".lstrip(": "))
    return ""


def _id(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


ACTS = {
    "receive": _receive,
    "answer": _answer,
    "restrict": _restrict,
    "lift": _lift,
    "give": _give,
    "withdraw": _withdraw,
    "erase": _erase,
}
"""What each button of the page does; the sentence that says it was done, or ""."""
