"""The description as it is committed: what is served, and what clients come from."""

import json
from functools import cache
from pathlib import Path

from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

PATH = Path(__file__).parents[1] / "openapi.json"


@cache
def read():
    """Return the committed description."""
    return json.loads(PATH.read_text(encoding="utf-8"))


def generate():
    """Return the description that the views give now, in English."""
    with override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


def text_of(description):
    """Return a description as it is committed."""
    return json.dumps(description, indent=1, ensure_ascii=False) + "\n"


def write():
    """Commit what the views give now (``make tables``)."""
    PATH.write_text(text_of(generate()), encoding="utf-8")
