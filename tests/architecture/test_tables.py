"""Tables of the docs say what the lists in the code say."""

import pytest

from tests.architecture.tables import DOCS, TABLES, names_in, renewed

PAGES = [page for page in sorted(DOCS.rglob("*.md")) if names_in(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_a_page_holds_its_tables_as_the_lists_are(page):
    assert page.read_text() == renewed(page.read_text()), "run make tables"


def test_every_table_is_on_a_page():
    shown = {name for page in PAGES for name in names_in(page.read_text())}
    assert shown == set(TABLES)


def test_a_row_that_is_missing_is_noticed():
    text = "<!-- table: event-kinds -->\n| kind |\n<!-- end -->\n"
    assert "`placement.offered`" in renewed(text)
