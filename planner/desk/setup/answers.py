"""What somebody says who is asked for a budget, a payer or a route."""

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from programs.choices import NeedKind
from programs.domain import needs

from .costs import plain
from .fields import Amount


class AnswerForm(forms.Form):
    """A budget with its amount, or a word that it is done; else why not."""

    amount = Amount(
        label=gettext_lazy("Budget (rupiah)"),
        required=False,
        help_text=gettext_lazy("What is due if every seat is taken; change it."),
    )
    refuse = forms.BooleanField(label=gettext_lazy("Refuse it"), required=False)
    answer = forms.CharField(
        label=gettext_lazy("Reason, if you refuse"), max_length=300, required=False
    )

    def __init__(self, data=None, *, need):
        wished = {"amount": plain(need.amount)} if need.amount is not None else {}
        super().__init__(data, initial=wished)
        self.need = need
        if need.kind != NeedKind.BUDGET:
            del self.fields["amount"]

    def clean(self):
        """Ask for the amount of a budget that is given."""
        data = super().clean()
        gives = not data.get("refuse") and self.need.kind == NeedKind.BUDGET
        if gives and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("This field is required."))
        return data

    def save(self, *, by, now):
        """Give what is asked for, or refuse it."""
        data = self.cleaned_data
        if data["refuse"]:
            answer = data["answer"]
            return needs.refuse(need=self.need, answer=answer, by=by, now=now)
        return needs.meet(need=self.need, amount=data.get("amount"), by=by, now=now)
