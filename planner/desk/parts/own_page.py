"""Where people's own pages are, as people outside type it."""

from django.conf import settings
from django.urls import reverse


def address_of(request):
    """Return the address of the own pages.

    It begins as the site is called outside, else as the desk is at this moment.
    """
    path = reverse("own_page")
    if settings.SITE_URL:
        return f"{settings.SITE_URL}{path}"
    return request.build_absolute_uri(path)
