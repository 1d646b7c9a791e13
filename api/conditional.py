"""ETag, If-Match and If-None-Match, and answers that are made smaller.

A change is made to what the caller saw, or not at all; what the caller has already is
not sent again. Where an answer is compressed its tag says so, as RFC 9110 wants it;
either tag is understood.

Answers to keys are compressed, answers to somebody signed in at a browser are not: a
stranger's page could have the browser ask again and again with words of its own, and
read from the lengths what else stands in the answer (BREACH). No browser sends a key
by itself.
"""

import gzip
import hashlib
import json
import re
from functools import partial

from django.http import HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework.utils.encoders import JSONEncoder

from .exceptions import Problem

COMPRESSED = "-gzip"
"""The end of the tag of an answer that was compressed."""
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
SMALLEST = 1_000
"""Bytes below which compressing saves nothing."""
LEVEL = 5


def etag_of(data):
    """Return a strong entity tag of a representation."""
    text = json.dumps(data, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def version_tag(version, data):
    """Return the entity tag of a row that counts its versions.

    The version is what a change has to be made to; the rest tells apart what readers
    see of it: a name may be corrected without a new version.
    """
    return f'"v{version}-{etag_of(data)[1:17]}"'


def plain(tag):
    """Return a tag as it is without compression."""
    return tag.strip().removeprefix("W/").replace(f'{COMPRESSED}"', '"')


def finish(request, response, *, may_compress):
    """Let an answer say its tag when it is rendered, be left out, or be compressed."""
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.add_post_render_callback(
            partial(_finished, request, may_compress=may_compress)
        )


def _finished(request, response, *, may_compress):
    if "ETag" not in response:
        digest = hashlib.sha256(response.content).hexdigest()[:32]
        response["ETag"] = f'"{digest}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    known = request.headers.get("If-None-Match", "")
    if known.strip() == "*" or response["ETag"] in map(plain, known.split(",")):
        return _not_modified(response)
    accepted = request.headers.get("Accept-Encoding", "")
    if may_compress and len(response.content) >= SMALLEST and GZIP.search(accepted):
        response.content = gzip.compress(response.content, compresslevel=LEVEL, mtime=0)
        response["Content-Encoding"] = "gzip"
        response["ETag"] = response["ETag"][:-1] + f'{COMPRESSED}"'
    return response


def _not_modified(response):
    answer = HttpResponseNotModified()
    for name, value in response.items():
        if name not in ("Content-Type", "Content-Length"):
            answer[name] = value
    return answer


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
    # Nine digits are more than anybody's changes, and fit into every database.
    said = re.fullmatch('"?v([0-9]{1,9})(-[0-9a-f]{16})?"?', plain(header))
    if said is None:
        raise Problem(412, "stale", _("If-Match is not the ETag of a placement."))
    return int(said[1])
