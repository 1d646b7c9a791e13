"""How tests read a page: its address, its text, and what it costs."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def text(answer):
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def queries(client, *addresses):
    with CaptureQueriesContext(connection) as seen:
        for address in addresses:
            assert client.get(address).status_code == 200
    return len(seen)
