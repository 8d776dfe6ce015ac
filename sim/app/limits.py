"""How much of everything the app takes, and counters that hold visitors to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Sessions that live at the same time: a class of thirty with two pages each, and room to reload them.
SESSIONS = 120
#: Sessions that may begin at once, and a second from then on: a class comes in within a minute.
ARRIVALS, ARRIVALS_A_SECOND = 90, 1.5
#: Tries with a wrong code or token from one address, and a second from then on.
GUESSES, GUESSES_A_SECOND = 10, 1 / 6
#: Bytes of a request's body: no page sends any.
BODY = 16 * 1024
#: Bytes of one message of a page; a piece of a file, of a mebibyte, has 1.4 of them as text.
MESSAGE = 3 * 1024 * 1024
#: Bytes of the files of an export that a user may upload; larger ones are refused in words by the page that takes them.
UPLOAD = 64 * 1024 * 1024
#: Bytes that a page may send at once, and a second from then on: the largest export three times over, as text.
SENT, SENT_A_SECOND = 4 * UPLOAD, 256 * 1024
#: Messages that a page may send at once, and a second from then on; a slider that is dragged sends some 60.
MESSAGES, MESSAGES_A_SECOND = 3000, 150


class Allowance:
    """Something of which there is only so much at once, and which comes back with time.

    Parameters
    ----------
    most : float
        What may be taken at once.
    a_second : float
        What comes back in a second.
    clock : callable, optional
        Seconds that only grow.

    Examples
    --------
    >>> now = 0.0
    >>> tries = Allowance(2, a_second=0.5, clock=lambda: now)
    >>> tries.take(), tries.take(), tries.take()
    (True, True, False)
    >>> now = 2.0
    >>> tries.take(), tries.take()
    (True, False)
    """

    def __init__(self, most: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.a_second, self.clock = most, a_second, clock
        self._left, self._seen = most, clock()
        self._gate = threading.Lock()

    def left(self) -> float:
        """What may be taken now."""
        now = self.clock()
        self._left = min(self.most, self._left + (now - self._seen) * self.a_second)
        self._seen = now
        return self._left

    def take(self, amount: float = 1) -> bool:
        """Take an amount, or nothing where there is not enough left."""
        with self._gate:
            if self.left() < amount:
                return False
            self._left -= amount
            return True

    @property
    def is_whole(self) -> bool:
        """Whether all has come back."""
        return self.left() >= self.most


class Guesses:
    """Wrong codes and tokens, counted by the address that they come from; the same one twice is no other try.

    A page that still shows the pass of yesterday asks again and again, and must not use up the tries of its user.

    Examples
    --------
    >>> guesses = Guesses(most=2)
    >>> for wrong in ("AAAA", "AAAA", "AAAA", "AAAB"):
    ...     guesses.failed("10.0.0.7", wrong)
    >>> guesses.may_try("10.0.0.7"), guesses.may_try("10.0.0.8")
    (False, True)
    """

    #: Addresses, and wrong tries of each, that are remembered.
    MOST_REMEMBERED = 1000

    def __init__(self, most: float = GUESSES, a_second: float = GUESSES_A_SECOND) -> None:
        self.most, self.a_second = most, a_second
        self._by_address: dict[str, tuple[Allowance, set[str]]] = {}

    def may_try(self, address: str) -> bool:
        """Whether an address has tries left."""
        known = self._by_address.get(address)
        return known is None or known[0].left() >= 1

    def failed(self, address: str, tried: str) -> None:
        """Count a wrong try; addresses whose tries have all come back are forgotten."""
        if len(self._by_address) > self.MOST_REMEMBERED:
            self._by_address = {key: each for key, each in self._by_address.items() if not each[0].is_whole}
        allowance, wrong = self._by_address.setdefault(address, (Allowance(self.most, self.a_second), set()))
        if tried not in wrong:
            allowance.take()
            if len(wrong) < self.MOST_REMEMBERED:
                wrong.add(tried[:64])
