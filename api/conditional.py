"""ETag and If-Match: a change is made to what the caller saw, or not at all."""

import hashlib
import json
import re

from django.utils.translation import gettext_lazy as _
from rest_framework.utils.encoders import JSONEncoder

from .exceptions import Problem


def etag_of(data):
    """Return a strong entity tag of a representation."""
    text = json.dumps(data, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def version_tag(version):
    """Return the entity tag of a row that counts its versions."""
    return f'"v{version}"'


def expected_version(request):
    """Return the version in ``If-Match``.

    Raises
    ------
    Problem: 428 without the header, 412 where it is no version of ours.
    """
    header = request.headers.get("If-Match", "")
    if not header:
        raise Problem(
            428,
            "if_match_required",
            _("Send If-Match with the ETag of the placement you looked at."),
        )
    text = header.strip().strip('"')
    # Nine digits are more than anybody's changes, and fit into every database.
    if not re.fullmatch("v[0-9]{1,9}", text):
        raise Problem(412, "stale", _("If-Match is not the ETag of a placement."))
    return int(text[1:])
