"""What every page of the desk shares: the frame, the door, and how a verb is called."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.template.response import TemplateResponse

from programs.refusals import Refusal
from programs.roles import Permission

VIEWERS = (Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS)
PAGE_SIZE = 50


def needs(*permissions):
    """Let in people who hold any of the permissions."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not any(request.user.allows(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def render(request, template, *, title, **context):
    """Answer with a page in the desk's frame."""
    request.current_app = admin.site.name
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, **context})


def attempt(request, verb, done):
    """Call a domain verb and tell the person what came of it.

    Parameters
    ----------
    verb: a callable without arguments.
    done: the sentence for success, or a callable from the result to it.

    Returns
    -------
    The verb's result, or ``None`` after a refusal.
    """
    try:
        result = verb()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, done(result) if callable(done) else done)
    return result


def paginate(request, rows):
    """Return the page that the reader asked for."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
