"""What can be wrong with a file or a cell, and what was expected, in words.

Problems are stored as codes with parameters, so that each reader gets them in the
own language, however long ago somebody else uploaded the file.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from programs.refusals import Refusal

FILE = {
    "empty": _("The file is empty. Download the template and fill it in."),
    "too-big": _("The file is larger than %(limit)s MB. Split it into smaller files."),
    "encoding": _(
        "The text of the file cannot be read (byte %(position)s is in no encoding that "
        "spreadsheets write). In Excel, save it as “CSV UTF-8”, or as .xlsx."
    ),
    "nul": _(
        "The file holds NUL characters, so it is not a text file. Save it as “CSV "
        "UTF-8”, or as .xlsx."
    ),
    "csv-broken": _(
        "Row %(row)s cannot be read as CSV (%(detail)s). Look for a quotation mark "
        "that is never closed."
    ),
    "cell-too-long": _("Row %(row)s has a cell of more than %(limit)s characters."),
    "no-known-column": _(
        "The first row names none of the expected columns (%(columns)s). Put the "
        "column names in the first row, separated by comma, semicolon or tab."
    ),
    "duplicate-column": _("Column “%(column)s” appears twice. Keep one of them."),
    "missing-columns": _(
        "These columns are missing: %(columns)s. Download the template for their names."
    ),
    "region-system-missing": _(
        "Column “%(column)s” does not say which registry its codes come from, and the "
        "registries clash in Papua. Name it “%(column)s_kemendagri” or "
        "“%(column)s_bps”."
    ),
    "too-many-rows": _("The file has more than %(limit)s rows. Split it."),
    "too-many-columns": _("The file has more than %(limit)s columns."),
    "no-table": _(
        "No row of the first ones names columns. Put what each column holds into one "
        "row above the rows."
    ),
    "no-rows": _("The file has column names but no rows."),
    "old-excel": _(
        "This is an old or password-protected Excel file. Save it as .xlsx without a "
        "password."
    ),
    "opendocument": _(
        "This is an OpenDocument sheet (.ods), which is not read here. In LibreOffice "
        "choose Save as, Excel 2007–365 (.xlsx)."
    ),
    "binary-excel": _(
        "This is a binary Excel workbook (.xlsb), which is not read here. In Excel "
        "choose Save as, Excel workbook (.xlsx)."
    ),
    "word": _(
        "This is a Word document. Copy its table into a spreadsheet, and save that as "
        ".xlsx."
    ),
    "pdf": _(
        "This is a PDF, of which nobody can tell the cells. Ask for the spreadsheet it "
        "was made from."
    ),
    "rich-text": _(
        "This is a text document (.rtf). Copy its table into a spreadsheet, and save "
        "that as .xlsx."
    ),
    "web-page": _(
        "This is a web page (HTML or XML), whatever its name. Open it in Excel, and "
        "save it as .xlsx."
    ),
    "workbook-broken": _(
        "The workbook is damaged. Open it in Excel and save it again."
    ),
    "workbook-macros": _("The workbook holds macros. Save it as .xlsx without macros."),
    "workbook-bomb": _(
        "The workbook unpacks to far more than it holds. It is refused unopened."
    ),
    "workbook-unsafe": _(
        "The workbook's XML holds definitions that a workbook never needs. It is "
        "refused."
    ),
    "workbook-strict": _(
        "This workbook was saved as “Strict Open XML”. In Excel choose Save as, Excel "
        "Workbook (.xlsx)."
    ),
    "workbook-too-heavy": _(
        "Reading the workbook took too much time or memory. Save the rows as CSV, or "
        "split the file."
    ),
    "merged-cells": _(
        "The sheet has merged cells (%(cells)s). Unmerge them: every row needs its own "
        "cells."
    ),
    "several-sheets": _(
        "The workbook has %(count)s sheets with data (%(names)s). Keep one of them, or "
        "hide the others: hidden sheets are ignored."
    ),
}
"""One sentence for each thing that refuses a whole file."""

CELL = {
    "required": _("a value"),
    "too-long": _("at most %(limit)s characters"),
    "control": _("text without control characters"),
    "formula": _(
        "a value instead of a formula (a text that starts with = is written '=)"
    ),
    "error-value": _("a value; Excel shows an error here"),
    "integer": _("a whole number"),
    "range": _("a number from %(least)s to %(most)s"),
    "decimal": _("a number such as 1250000 or 1250000.50"),
    "ambiguous-number": _(
        "a number without thousands separators (%(first)s or %(second)s?)"
    ),
    "broken-groups": _(
        "a number whose thousands stand in threes, as in 1250000, 1.250.000 or "
        "1,250,000.50"
    ),
    "negative": _("an amount that is not negative"),
    "date": _("a date such as 2027-02-01, 01/02/2027 (day first) or 1 Februari 2027"),
    "excel-serial": _(
        "a date such as %(date)s; %(number)s is Excel's number for it: format the "
        "column as a date"
    ),
    "date-range": _(
        "a date from %(least)s to %(most)s (Excel shows empty dates as the year 1900)"
    ),
    "choice": _("one of: %(choices)s"),
    "unknown": _("the code of an existing %(what)s"),
    "several-have-it": _(
        "the institution whose code it is, in the column registered_by (it is one of "
        "%(institutions)s)"
    ),
    "several-slots": _(
        "host and code of a slot, as several hosts use this code: one of %(codes)s"
    ),
    "several-teams": _(
        "institution and code of a team, as this code can mean several: one of "
        "%(codes)s (nothing before the slash: people of several institutions)"
    ),
    "not-yours": _("a %(what)s that your role lets you change"),
    "no-province": _("a two-digit province code; no registry has %(code)s"),
    "a-province": _("the code of a province: costs are not counted by regency"),
    "province-abroad": _("nothing: only a slot in Indonesia has a province"),
    "province-clash": _(
        "a province code of the registry the column names; %(code)s is %(ours)s there "
        "and %(theirs)s in the other"
    ),
    "two-registries": _("codes of the same province in both columns"),
    "parts": _("entries like %(example)s, separated by |"),
    "twice": _("each %(what)s once"),
    "band": _("a test and band of a known scale (%(known)s)"),
    "version": _("the version of the scale, since there are several: %(versions)s"),
    "email": _("an e-mail address"),
    "pattern": _("a value such as %(hint)s"),
    "nik-digits": _("a NIK of exactly 16 digits"),
    "nik-scientific": _(
        "a NIK of 16 digits; the spreadsheet rounded it to %(shown)s: format the "
        "column as text and enter it again"
    ),
    "nik-number": _(
        "a NIK as text; in a number cell Excel loses its last digits: format the "
        "column as text and enter it again"
    ),
    "nik-date": _("a NIK whose digits 7 to 12 are a date (DDMMYY, day + 40 for women)"),
    "nik-sex": _("a NIK that holds this person's sex"),
    "nik-in-file": _("a NIK that no other row has; row %(row)s has it too"),
    "nik-registered": _("a NIK nobody else has; %(code)s is registered with it"),
    "passport-letters": _("a passport number of 5 to 20 letters and digits"),
    "passport-citizenship": _("a passport number of somebody with a citizenship"),
    "passport-in-file": _("a passport no other row has; row %(row)s has it too"),
    "passport-registered": _("a passport of nobody else; %(code)s has it"),
    "changed-meanwhile": _(
        "to be judged anew: the data changed while the file was being written"
    ),
    "key-in-file": _("a row that is not given twice; row %(row)s has the same key"),
    "order": _("a date after %(other)s"),
    "at-least": _("at least the value of %(other)s"),
    "together": _("a value, since %(other)s has one"),
    "either": _("either %(first)s or %(second)s, not both and not neither"),
    "other-intake": _("a slot or pathway of the intake %(intake)s"),
    "too-many-choices": _("at most %(limit)s preferences"),
    "gap-in-choices": _("preferences without a gap, the first in choice_1"),
    "intake-not-open": _(
        "an intake that takes applications (this one does from %(first)s to %(last)s, "
        "and is %(state)s)"
    ),
    "intake-late": _(
        "an intake that takes applications (this one does from %(first)s to %(last)s, "
        "and is %(state)s), or a reason for late rows, given with the file"
    ),
    "withdrawn": _("an application that was not withdrawn"),
    "erased": _("a person whose data were not erased"),
    "merged": _("a registration that goes on, and is not part of another one"),
    "restricted": _("a person whose data may be processed, and are not only kept"),
    "fixed": _("the value there is; it never changes"),
    "state-move": _("a state that may follow “%(state)s”"),
    "slot-in-use": _("a slot that nobody holds a place in (%(count)s people do)"),
    "seats-in-use": _("at least the %(count)s people who hold places"),
    "key-exists": _("a row that does not exist already"),
    "graduation": _("a day of graduation for who has graduated, and for nobody else"),
    "fact-value": _("a value of the kind that “%(fact)s” is defined as"),
    "condition": _("a condition in one line. %(why)s"),
    "refused": _("something else: %(why)s"),
    "kept-out": _(
        "a reason for the change, given with the file: %(count)d people with an offer "
        "or a place would no longer pass"
    ),
    "intake-running": _("an intake that can still change (this one is %(state)s)"),
    "not-planned": _("somebody whom run %(run)s plans for"),
    "no-place-of-run": _("a slot or pathway that run %(run)s plans for"),
    "several-intakes": _(
        "the intake in the column intake: the person applied in %(intakes)s"
    ),
    "ragged": _("no value outside the named columns"),
}
"""What a cell should hold, to be put behind “expected”."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: its column, a code, and facts for the sentence.

    Parameters never hold personal data; the cell's own text is shown from the cell.
    """

    column: str
    code: str
    params: dict = field(default_factory=dict)

    @property
    def expectation(self):
        """What the cell should hold, in the reader's language."""
        return str(CELL[self.code]) % self.params

    def as_json(self):
        """Return it as it is stored with a parked row."""
        return {"column": self.column, "code": self.code, "params": self.params}


class CellError(Exception):
    """Raised by a column that cannot read a cell."""

    def __init__(self, code, /, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def broken(code, /, **params):
    """Return the refusal of a whole file."""
    return Refusal(f"file-{code}", str(FILE[code]) % params, field="file", **params)
