"""Where the app listens and what it calls itself."""

from __future__ import annotations

import socket

import pytest

from sim.app.address import Address, listen, own_address


@pytest.mark.parametrize(("host", "is_local"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)])
def test_a_free_port_is_taken_and_known(host: str, is_local: bool) -> None:
    taken, address = listen(host, 0)
    with taken:
        assert address.port == taken.getsockname()[1] > 0
        assert address.is_local is is_local
        socket.create_connection(("127.0.0.1" if host != "localhost" else address.bound, address.port)).close()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 on this computer")
def test_all_addresses_are_old_and_new_ones() -> None:
    taken, address = listen("::", 0)
    with taken:
        assert address.is_anywhere
        for each in ("127.0.0.1", "::1"):
            socket.create_connection((each, address.port)).close()


def test_the_link_for_others_names_an_address_that_they_can_reach() -> None:
    assert Address("0.0.0.0", 8765, "0.0.0.0").url == f"http://{own_address()}:8765"
    assert Address("::1", 8765, "::1").url == "http://[::1]:8765"
    assert Address("192.168.1.5", 80, "192.168.1.5").url == "http://192.168.1.5:80"
