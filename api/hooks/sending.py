"""Sending one message to an address of a stranger: no redirect, no inner network.

The name is resolved once, every address it has must be a public one, and exactly that
address is connected to, so that a name cannot point inside between check and use.
"""

import http.client
import ipaddress
import socket
import ssl
from threading import Timer
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 8
"""How long the other side may be silent."""
MOST_SECONDS = 15
"""How long a message may take altogether."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
COMPATIBLE = ipaddress.ip_network("::/96")


class Unreachable(Exception):
    """The address did not take the message; says why, for the partner to read."""


def post(url, *, body, headers):
    """Send a message; return the status, or raise `Unreachable`."""
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https"
        if not is_safe and not settings.WEBHOOKS_ANYWHERE:
            raise Unreachable("only https is called")
        port = parts.port or (443 if is_safe else 80)
        address = resolve(parts.hostname, port)
        connection = connect(parts.hostname, address, port, is_safe=is_safe)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return answer_of(connection, path, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from error


def answer_of(connection, path, body, headers):
    """Return the status of the answer; whoever answers byte by byte is hung up on."""
    hang_up = Timer(MOST_SECONDS, connection.sock.shutdown, [socket.SHUT_RDWR])
    hang_up.start()
    try:
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        hang_up.cancel()
        connection.close()


def resolve(host, port):
    """Return the address to call, after a look at all that the name has."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [info[4][0] for info in answers]
    if not settings.WEBHOOKS_ANYWHERE:
        for address in addresses:
            if not is_public(address):
                raise Unreachable("the address lies in an inner network")
    return addresses[0]


def is_public(address):
    """Return whether an address belongs to one machine on the open internet.

    IPv6 addresses that carry an IPv4 address are as inner as the one they carry.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        ip = ip.ipv4_mapped or ip.sixtofour or _translated(ip) or ip
    return ip.is_global and not (ip.is_multicast or is_site_local(ip))


def is_site_local(address):
    """Return whether it is of the range that IPv6 once kept for single sites."""
    return address.version == 6 and address.is_site_local


def _translated(address):
    """Return the IPv4 address in one of NAT64, or of the form ``::a.b.c.d``."""
    if address in NAT64 or address in COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def connect(host, address, port, *, is_safe):
    """Return a connection to exactly this address, under the host's name."""
    raw = socket.create_connection((address, port), timeout=SECONDS)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    if is_safe:
        context = ssl.create_default_context()
        try:
            raw = context.wrap_socket(raw, server_hostname=host)
        except OSError:
            raw.close()
            raise
    connection.sock = raw
    return connection
