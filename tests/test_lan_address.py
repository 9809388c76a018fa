"""This machine's addresses in its networks: which of them other machines can open, and in which order they come."""

from __future__ import annotations

import pytest

from core.serve import lan_address


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.4.5.6", "::1", "0.0.0.0"])
def test_only_this_machine_reaches_a_loopback_host(host: str) -> None:
    assert lan_address.is_loopback(host)


@pytest.mark.parametrize("host", ["192.168.1.7", "school.example", "localhost.example", "fd00::2", ""])
def test_others_reach_every_other_host(host: str) -> None:
    assert not lan_address.is_loopback(host)


def test_private_addresses_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses that no other machine can open are left out."""
    ways = dict(zip(lan_address.WAYS, ["203.0.113.9", "192.168.1.7", "127.0.0.1", "169.254.3.3"]))
    monkeypatch.setattr(lan_address, "own_address", ways.__getitem__)
    assert lan_address.lan_addresses() == ["192.168.1.7", "203.0.113.9"]


def test_a_machine_in_no_network_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lan_address, "own_address", lambda _: "")
    assert lan_address.lan_addresses() == []
