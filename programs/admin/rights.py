"""A person's rights on the desk: everything held, requests in time, erasure."""

import json

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _, gettext_lazy

from programs import clock
from programs.choices import RightsKind
from programs.domain import personal_data, rights
from programs.refusals import Refusal
from programs.roles import Permission


class RequestForm(forms.Form):
    """What the person asks for."""

    kind = forms.ChoiceField(label=gettext_lazy("asks for"), choices=RightsKind)
    words = forms.CharField(
        label=gettext_lazy("in the person's words"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
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
            "form": RequestForm(),
            "requests": person.rights_requests.order_by("-received_at"),
            "now": clock.now(),
            "kept": personal_data.kept(person),
            "may_erase": request.user.allows(Permission.MANAGE_PROGRAMS),
        }
        return TemplateResponse(request, "desk/tables/rights.html", context)

    def everything_view(self, request, object_id):
        """Send everything held about the person, in both languages."""
        person = self._person(request, object_id)
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
        if not request.user.allows(Permission.REVEAL_PERSON):
            raise PermissionDenied
        return self.visible_or_404(request, object_id)

    def _act(self, request, person):
        """Do what the pressed button says; return whether it was done."""
        now, by = clock.now(), request.user
        try:
            if "receive" in request.POST:
                form = RequestForm(request.POST)
                if not form.is_valid():
                    messages.error(request, _("Choose what the person asks for."))
                    return False
                rights.receive(participant=person, by=by, now=now, **form.cleaned_data)
                done = _("The request is noted; its clock runs.")
            elif "erase" in request.POST:
                if request.POST.get("confirmed") != "yes":
                    messages.error(request, _("Tick the box first: there is no undo."))
                    return False
                personal_data.erase(participant=person, by=by, now=now)
                done = _("What identified the person is erased.")
            else:
                row = person.rights_requests.filter(
                    pk=request.POST.get("answer") or None
                ).first()
                if row is None:
                    return False
                words = request.POST.get("words", "")
                rights.answer(request=row, words=words, by=by, now=now)
                done = _("The request is answered.")
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return False
        messages.success(request, done)
        return True
