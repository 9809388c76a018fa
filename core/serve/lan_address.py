"""Finds the addresses by which other machines in the same network can reach this machine.

It sends nothing. It asks the operating system which of its own addresses it would use for a route.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path

PRIVATE = [ip_network(text) for text in ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12")]
WAYS = ("8.8.8.8", "192.168.255.254", "10.255.255.254", "172.31.255.254")  # the default route first
CONTAINERS = ("/.dockerenv", "/run/.containerenv")


def is_loopback(host: str) -> bool:
    """Returns whether only this machine itself can reach a host of this name."""
    with suppress(ValueError):
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    return host == "localhost" or host.endswith(".localhost")


def is_private(address: str) -> bool:
    """Returns whether an address belongs to a private network, such as one at home, in a school or in a company."""
    return any(ip_address(address) in network for network in PRIVATE)


def lan_addresses() -> list[str]:
    """Returns this machine's IPv4 addresses in its networks: private addresses first, and the default route's first
    among them."""
    found = dict.fromkeys(filter(None, map(own_address, WAYS)))
    usable = [one for one in found if not (is_loopback(one) or ip_address(one).is_link_local)]
    return sorted(usable, key=lambda one: not is_private(one))


def own_address(way: str) -> str:
    """Returns the address that this machine would send from, or an empty string if there is no such route."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((way, 9))  # connecting a datagram socket sends nothing
        return str(probe.getsockname()[0])
    return ""


def in_container() -> bool:
    """Returns whether this process runs in a container, whose own address cannot be reached from outside."""
    return "KUBERNETES_SERVICE_HOST" in os.environ or any(Path(one).exists() for one in CONTAINERS)
