"""State changes as buttons: each shows what will happen, then calls a domain verb."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _, ngettext

from programs import clock
from programs.domain import checks
from programs.domain.states import may_move
from programs.refusals import Refusal

from .base import EVERYONE

TEMPLATE = "desk/tables/confirm.html"


def day_from(text):
    """Return the day that a form's field holds; ``None`` where it holds none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Move:
    """A button: where it leads, what it is called, and which verb it calls.

    ``effect`` says what will happen, for the page that asks for confirmation;
    ``verb`` is called with the row under the model's name, ``by``, ``now`` and, where
    ``takes_reason``, with ``reason``; where ``takes_day``, with ``on``. ``party``
    refuses, as the verb does, whoever is not concerned: ``party(row, by)``.
    """

    to: str
    label: Any
    effect: Any
    verb: Any
    takes_reason: bool = False
    needs_reason: bool = False
    takes_day: bool = False
    is_danger: bool = False
    in_bulk: bool = False
    party: Any = None

    @property
    def name(self):
        """The move in an address."""
        return self.verb.__name__.strip("_").replace("_", "-")

    def refusals(self, row, by):
        """Return why the row is not the actor's to move, if it is not."""
        return list(checks.refused(self.party, row, by)) if self.party else []

    def call(self, row, *, by, now, reason, on=None):
        """Call the verb for one row."""
        extra = {"reason": reason} if self.takes_reason else {}
        if self.takes_day:
            extra["on"] = on
        return self.verb(**{row._meta.model_name: row}, by=by, now=now, **extra)


class MovesMixin:
    """Shows the moves a row allows now, and carries them out after a confirmation.

    Who may move a row is for the verb to say; ``movers`` and the ``party`` of a move
    only decide who sees the button.
    """

    moves = ()
    movers = EVERYONE
    change_form_outer_before_template = "desk/tables/moves.html"

    def may_act(self, request):
        """Return whether the person acts at all; an auditor only reads."""
        return self.allows_any(request, self.movers)

    def moves_of(self, request, row):
        """Return the moves that the row's state allows."""
        if not self.may_act(request):
            return []
        kind = self.model._meta.model_name
        return [
            move
            for move in self.moves
            if may_move(kind, row.state, move.to)
            and not move.refusals(row, request.user)
        ]

    def get_urls(self):
        """Add the pages that ask for confirmation."""
        meta = self.model._meta
        name = f"{meta.app_label}_{meta.model_name}_move"
        page = self.admin_site.admin_view(self.move_view)
        return [
            path("<path:object_id>/move/<slug:move_name>/", page, name=name),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Bring the buttons along."""
        row = self.get_object(request, object_id)
        moves = self.moves_of(request, row) if row else []
        return super().change_view(
            request, object_id, form_url, {"moves": moves, **(extra_context or {})}
        )

    def move_view(self, request, object_id, move_name):
        """Ask, and then move the row."""
        row = self.visible_or_404(request, object_id)
        back = reverse(self._page("change"), args=[row.pk])
        move = next(
            (m for m in self.moves_of(request, row) if m.name == move_name), None
        )
        if move is None:
            told = self._why_not(request, row, move_name)
            self.message_user(request, told, messages.WARNING)
            return redirect(back)
        if request.method != "POST" or self._is_incomplete(request, move):
            return self._ask(request, move, [row], back)
        self._move_rows(request, move, [row])
        return redirect(back)

    def _why_not(self, request, row, move_name):
        """Say why a button that somebody still had does not work."""
        kind = self.model._meta.model_name
        for move in self.moves:
            if move.name == move_name and may_move(kind, row.state, move.to):
                for refusal in move.refusals(row, request.user):
                    return str(refusal)
        told = _("“%(row)s” no longer allows this; its state has changed.")
        return told % {"row": row}

    def get_actions(self, request):
        """Offer the moves that make sense for many rows at once."""
        actions = super().get_actions(request)
        if not self.may_act(request):
            return actions
        for move in self.moves:
            if move.in_bulk:
                name = move.name.replace("-", "_")
                actions[name] = (self._bulk(move), name, str(move.label))
        return actions

    def _bulk(self, move):
        def act(model_admin, request, rows):
            kind = self.model._meta.model_name
            able = [row for row in rows if may_move(kind, row.state, move.to)]
            back = request.get_full_path()
            if not able:
                self.message_user(
                    request, _("None of these rows allows it."), messages.WARNING
                )
                return None
            if "confirmed" in request.POST and not self._is_incomplete(request, move):
                self._move_rows(request, move, able)
                return redirect(back)
            return self._ask(request, move, able, back, skipped=len(rows) - len(able))

        return act

    def _lacks_reason(self, request, move):
        return move.needs_reason and not request.POST.get("reason", "").strip()

    def _is_incomplete(self, request, move):
        return self._lacks_reason(request, move) or self._is_no_day(request, move)

    def _is_no_day(self, request, move):
        """Return whether a day was written that is none."""
        text = request.POST.get("on", "").strip()
        return move.takes_day and bool(text) and day_from(text) is None

    def _ask(self, request, move, rows, back, skipped=0):
        context = {
            **self.admin_site.each_context(request),
            "title": move.label,
            "opts": self.model._meta,
            "move": move,
            "rows": rows,
            "skipped": skipped,
            "back": back,
            "lacks_reason": "confirmed" in request.POST
            and self._lacks_reason(request, move),
            "is_no_day": self._is_no_day(request, move),
            "checkbox_name": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, TEMPLATE, context)

    def _move_rows(self, request, move, rows):
        """Move each row by itself: one refusal does not undo the others."""
        now, reason = clock.now(), request.POST.get("reason", "").strip()
        on = day_from(request.POST.get("on", "").strip())
        done = 0
        for row in rows:
            try:
                move.call(row, by=request.user, now=now, reason=reason, on=on)
                done += 1
            except Refusal as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
        if done:
            text = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)

    def _page(self, page):
        meta = self.model._meta
        return f"admin:{meta.app_label}_{meta.model_name}_{page}"
