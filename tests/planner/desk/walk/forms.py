"""The forms of a page, as somebody would send them who changes nothing in them."""

from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

SAME = ("_continue", "_addanother")
"""Buttons that save as the one beside them does, and lead elsewhere."""
NOT_OURS = ("/language/", "/desk/logout/", "/accounts/")
"""Forms of every page: they change the reader alone."""


class Deed(NamedTuple):
    """A button of a form: where it sends what."""

    address: str
    button: str
    data: tuple

    @property
    def key(self):
        """What two people who are shown the same button have in common."""
        return self.address, self.button


class Forms(HTMLParser):
    """Collects the forms of a page that are posted."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.deeds = []
        self.form = self.select = self.area = None

    def handle_starttag(self, tag, attributes):
        """Open a form, or take down a field of the one that is open."""
        given = dict(attributes)
        if tag == "form":
            self.form = {"to": given.get("action") or "", "fields": [], "buttons": []}
            self.form["posts"] = given.get("method", "").lower() == "post"
        elif self.form is None or "disabled" in given:
            return
        elif tag in ("input", "button"):
            self._take(tag, given)
        elif tag in ("select", "textarea") and "name" in given:
            self.select = given["name"] if tag == "select" else None
            if tag == "textarea":
                self.form["fields"].append((given["name"], ""))
        elif tag == "option" and self.select and "selected" in given:
            self.form["fields"].append((self.select, given.get("value", "")))

    def _take(self, tag, given):
        kind = given.get("type", "submit" if tag == "button" else "text")
        name, value = given.get("name", ""), given.get("value", "")
        if name in SAME:
            return
        if kind in ("submit", "image"):
            self.form["buttons"].append((name, value))
        elif kind in ("checkbox", "radio") and "checked" not in given:
            return
        elif name and kind not in ("file", "button", "reset"):
            self.form["fields"].append((name, value))

    def handle_endtag(self, tag):
        """Close the form: each of its buttons is a deed."""
        if tag != "form" or self.form is None:
            return
        form, self.form = self.form, None
        to = urlsplit(urljoin(self.address, form["to"])).path
        if form["posts"] and not to.startswith(NOT_OURS):
            for name, value in form["buttons"] or [("", "")]:
                data = (*form["fields"], *([(name, value)] if name else []))
                self.deeds.append(Deed(to, f"{name}={value}", data))


def deeds(address, page):
    """Return what a page lets somebody do.

    Parameters
    ----------
    address: of the page. page: its text.
    """
    forms = Forms(address)
    forms.feed(page)
    return forms.deeds
