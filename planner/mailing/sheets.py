"""A letter on paper: head, number, date, day to answer by, words, a way to answer."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.platypus import (
    HRFlowable,
    KeepTogether,
    PageBreak,
    Spacer,
    Table,
)

from planner.paper import sheets
from programs import clock, formats
from programs.choices import PlacementState
from programs.days import day_of

from .letters import words_of

QR = 30 * mm


@dataclass(frozen=True)
class Sheet:
    """What stands on the letter to one person."""

    owner: str
    city: str
    number: str
    published_at: datetime
    to: str
    answer_by: datetime | None
    texts: list[tuple[str, str, str]]
    page: str
    code: str

    @classmethod
    def of(
        cls, run: Any, application: Any, number: int, own_pages: str, code: str
    ) -> "Sheet":
        """Return the letter about one application.

        Parameters
        ----------
        number: of the letter, among all of the plan. own_pages: address of the pages.
        code: of the person's own page, or "" where there is none.
        """
        offers = application.placements.filter(
            state=PlacementState.OFFERED, expires_at__gte=clock.now()
        )
        due = offers.order_by("expires_at").values_list("expires_at", flat=True)
        person, owner = application.participant, application.intake.program.owner
        return cls(
            owner=owner.name,
            city=owner.city,
            number=f"{number:04}/{application.intake.code}/{run.number}",
            published_at=run.publication.published_at,
            to=f"{person.full_name}, {person.home_institution}",
            answer_by=due.first(),
            texts=words_of(run, application),
            page=own_pages if code else "",
            code=code,
        )


def written(letters, beat=lambda: None):
    """Return a PDF with the letters, each beginning on a page of its own.

    Parameters
    ----------
    beat: called at each page.
    """
    file = io.BytesIO()
    paper = sheets.document(file, title=_("Letters"))
    story = []
    for letter in letters:
        story += [*_on_paper(letter), PageBreak()]

    def at_each(*_page):
        beat()

    paper.build(story, onFirstPage=at_each, onLaterPages=at_each)
    return file.getvalue()


def _on_paper(letter):
    """Yield the parts of a letter from top to bottom."""
    yield sheets.words(letter.owner, 14, bold=True, after=1)
    yield sheets.words(letter.city, 9, colour=sheets.QUIET, after=3)
    yield HRFlowable(width="100%", color=sheets.INK, thickness=1.2, spaceAfter=8)
    for at, (language, subject, body) in enumerate(letter.texts):
        with translation.override(language):
            if at:
                yield HRFlowable(width="100%", color=sheets.LINE, spaceBefore=8)
                yield Spacer(0, 6)
            yield from _in_one_language(letter, subject, body)
    yield KeepTogether([*_own_page(letter), *_signature(letter)])


def _in_one_language(letter, subject, body):
    facts = [
        (_("Number"), letter.number),
        (_("Date"), formats.day(day_of(letter.published_at))),
        (_("To"), letter.to),
        (_("Subject"), subject),
    ]
    for name, value in facts:
        yield sheets.words(f"{name}: {value}", 9, after=0)
    if letter.answer_by:
        answer_by = f"{_('Answer by')}: {formats.moment(letter.answer_by)}"
        yield sheets.words(answer_by, 11, bold=True, colour=sheets.WARNING, after=0)
    yield Spacer(0, 8)
    for paragraph in body.split("\n"):
        if paragraph.strip():
            yield sheets.words(paragraph.strip(), 9.5)


def _own_page(letter):
    """Yield how one reaches the own page: address, code, and both as a picture."""
    if not letter.code:
        return
    address = f"{letter.page}#{letter.code}"
    code = QrCodeWidget(address, barWidth=QR, barHeight=QR)
    picture = Drawing(QR, QR)
    picture.add(code)
    told = []
    for language, _subject, _body in letter.texts:
        with translation.override(language):
            told.append(
                _(
                    "Your own page: %(page)s, code %(code)s. There you see this, "
                    "answer an offer, object or ask for your data. It asks for your "
                    "date of birth; show the code to nobody."
                )
                % {"page": letter.page, "code": letter.code}
            )
    cells = [sheets.words(text, 8.5, after=5) for text in told]
    yield Spacer(0, 6)
    yield Table([[cells, picture]], [sheets.INNER - QR - 4 * mm, QR + 4 * mm])


def _signature(letter):
    """Yield where somebody signs."""
    yield Spacer(0, 10)
    day = formats.day(day_of(letter.published_at))
    yield sheets.words(", ".join(filter(None, [letter.city, day])), 9.5, after=26)
    yield sheets.words("_" * 32, 9.5, after=0)
    yield sheets.words(letter.owner, 9.5)
