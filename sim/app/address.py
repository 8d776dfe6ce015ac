"""Where the app can be reached: the socket, the address to print, and the names that a request may call it by."""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import dataclass

from sim.domain.errors import InputError

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Address:
    """An address that the app listens on.

    Parameters
    ----------
    host : str
        As the user gave it: a name or an address of this computer; ``0.0.0.0`` and ``::`` are all of its addresses.
    port : int
        1 … 65535.
    bound : str
        The address that the host stands for.

    Examples
    --------
    >>> home = Address("127.0.0.1", 8765, "127.0.0.1")
    >>> home.is_local, home.url
    (True, 'http://127.0.0.1:8765')
    >>> home.is_ours("localhost:9000"), home.is_ours("evil.example")
    (True, False)
    """

    host: str
    port: int
    bound: str

    @property
    def is_local(self) -> bool:
        """Whether only this computer can reach it."""
        return ipaddress.ip_address(self.bound).is_loopback

    @property
    def is_anywhere(self) -> bool:
        """Whether it listens on all addresses of this computer."""
        return ipaddress.ip_address(self.bound).is_unspecified

    @property
    def url(self) -> str:
        """What to type into a browser, without a slash at the end."""
        name = own_address() if self.is_anywhere else self.host
        return f"http://[{name}]:{self.port}" if ":" in name else f"http://{name}:{self.port}"

    def is_ours(self, host: str) -> bool:
        """Whether a request may call the app so: the value of its Host header.

        A foreign name would be somebody else's site that points to this computer; numbers cannot be pointed anywhere.
        """
        name = name_of(host)
        if name in LOCAL or name in (self.host.lower(), self.bound):
            return True
        if self.is_local:
            return False
        return name in own_names() or (self.is_anywhere and is_number(name))


def name_of(host: str) -> str:
    """The name in a Host header, without its port.

    Examples
    --------
    >>> name_of("LOCALHOST:8765"), name_of("[::1]:8765"), name_of("::1")
    ('localhost', '::1', '::1')
    """
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def is_number(name: str) -> bool:
    """Whether a name is an address in numbers.

    Examples
    --------
    >>> is_number("192.168.1.5"), is_number("fe80::1"), is_number("evil.example")
    (True, True, False)
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def own_names() -> frozenset[str]:
    """What others in the network call this computer."""
    name = socket.gethostname().lower()
    return frozenset({name, name.partition(".")[0] + ".local"})


def own_address() -> str:
    """The address by which others in the network most likely reach this computer; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # set aside for documentation: no such computer (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def listen(host: str, port: int) -> tuple[socket.socket, Address]:
    """Take a port.

    Parameters
    ----------
    host : str
        A name or address of this computer.
    port : int
        1 … 65535, or 0 for any that is free.

    Raises
    ------
    InputError
        If the host is not this computer's, or the port is taken or not allowed.
    """
    if not 0 <= port <= 65535:
        raise InputError("--port", "must be between 0 and 65535", port, "0 takes any free one.")
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = place[0] == "::" and socket.has_dualstack_ipv6()
        taken = socket.create_server(place[:2], family=family, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:
        raise refused(error, host, port) from None
    bound = taken.getsockname()
    return taken, Address(host, bound[1], bound[0].partition("%")[0])


def refused(error: Exception, host: str, port: int) -> InputError:
    """What to tell about a port that could not be taken."""
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        mend = f"Is the app running already? Look at http://{host}:{port}, or take another port: --port 0 finds one."
        return InputError("--port", "is in use by another program", port, mend)
    if isinstance(error, PermissionError):
        return InputError("--port", "may not be used by you", port, "Ports from 1024 on are free for everybody.")
    mend = "127.0.0.1 is for this computer alone, 0.0.0.0 for all who can reach it."
    return InputError("--host", "must be a name or address of this computer", host, mend)
