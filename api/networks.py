"""Networks in CIDR notation, IPv4 and IPv6, and what lies in them."""

from ipaddress import ip_address, ip_network

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST = 20
"""Networks of one key."""


def parse(texts):
    """Return networks as they are kept, each once, in order.

    Raises
    ------
    ValidationError: there are too many, or one is none.
    """
    if not isinstance(texts, list) or len(texts) > MOST:
        raise ValidationError(
            _("Send a list of at most %(most)d networks."), params={"most": MOST}
        )
    return sorted({str(_network(text)) for text in texts})


def _network(text):
    """Return a network; an address by itself is one of a single machine."""
    try:
        return _plain(ip_network(str(text).strip()))
    except ValueError as error:
        raise ValidationError(
            _(
                "“%(text)s” is no network: write 203.0.113.0/24, 2001:db8::/32 or one "
                "address, with nothing but zeros behind the prefix."
            ),
            params={"text": str(text)[:60]},
        ) from error


def _plain(network):
    """Return the IPv4 network that an IPv6 one only carries (``::ffff:192.0.2.0``)."""
    carried = getattr(network.network_address, "ipv4_mapped", None)
    if carried is None or network.prefixlen < 96:
        return network
    return ip_network(f"{carried}/{network.prefixlen - 96}")


def holds(networks, address):
    """Return whether an address lies in one of the networks; none named means all."""
    if not networks:
        return True
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in ip_network(network) for network in networks)


def are_within(inner, outer):
    """Return whether networks reach no further than others; none named means all."""
    if not outer:
        return True
    wide = [ip_network(network) for network in outer]
    return bool(inner) and all(
        any(small.version == large.version and small.subnet_of(large) for large in wide)
        for small in map(ip_network, inner)
    )
