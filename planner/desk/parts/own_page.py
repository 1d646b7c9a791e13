"""Where people's own pages are, as people outside type it."""

from django.urls import reverse


def address_of(request):
    """Return the address of the own pages, by the name of the desk at this moment."""
    return request.build_absolute_uri(reverse("own_page"))
