"""How a sweep is cut: all points of the first replications before any of the next, about a hundred runs at a time.

What is done is a balanced sample at any moment. The cut can never change a result: a run depends on its scenario and
its seed only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.domain.errors import InputError
from sim.spec.designs import BLOCK

#: Ends of the first blocks: small ones, so that the first balanced sample comes soon.
FIRST_ENDS = (5, 10, 20, BLOCK, 100)
#: Runs in a chunk, about; a chunk is a file, and all that a crash can lose.
RUNS = 100
#: Replications of a later block: a point's scenario is resolved once for each of its blocks.
LATER = 100


@dataclass(frozen=True)
class Chunk:
    """Some points × some replications.

    Parameters
    ----------
    points : tuple of int
        Rows of the sweep.
    replications : range
        Of each of them.
    """

    points: tuple[int, ...]
    replications: range


def blocks(n: int) -> Iterator[range]:
    """Blocks of replications 0 to n - 1.

    Examples
    --------
    >>> list(blocks(60))
    [range(0, 5), range(5, 10), range(10, 20), range(20, 50), range(50, 60)]
    """
    first = 0
    while first < n:
        end = next((end for end in FIRST_ENDS if end > first), first + LATER)
        yield range(first, min(end, n))
        first = end


def chunks(missing: Any) -> Iterator[Chunk]:
    """Chunks that hold every missing run exactly once.

    Parameters
    ----------
    missing : numpy.ndarray
        bool of shape (points, replications).
    """
    for block in blocks(missing.shape[1]):
        part = missing[:, block.start : block.stop]
        whole = part.all(axis=1)
        yield from _of_points(np.flatnonzero(whole), block)
        for point in np.flatnonzero(part.any(axis=1) & ~whole):
            yield from _of_one(int(point), block, part[point])


def _of_points(points: Any, block: range) -> Iterator[Chunk]:
    """Points that lack the whole block, as many at a time as make a chunk."""
    many = max(1, RUNS // len(block))
    for first in range(0, len(points), many):
        yield Chunk(tuple(points[first : first + many].tolist()), block)


def _of_one(point: int, block: range, missing: Any) -> Iterator[Chunk]:
    """What one point lacks of a block, in pieces without a gap."""
    lacking = np.flatnonzero(missing) + block.start
    for piece in np.split(lacking, np.flatnonzero(np.diff(lacking) > 1) + 1):
        yield Chunk((point,), range(int(piece[0]), int(piece[-1]) + 1))


@dataclass(frozen=True)
class Part:
    """One machine's part of a sweep that several share: every ``of``-th chunk, beginning with ``number`` (from 1)."""

    number: int = 1
    of: int = 1

    @staticmethod
    def read(text: str) -> Part:
        """A part as the command line writes it.

        Raises
        ------
        InputError
            If it is none.

        Examples
        --------
        >>> Part.read("2/3")
        Part(number=2, of=3)
        """
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise InputError("--part", "must look like K/N, with K from 1 to N", text, "For example --part 1/2.")
        return Part(int(number), int(of))

    def of_missing(self, missing: Any, planned: Any) -> Any:
        """What is missing of this part: the cut of the whole plan decides, so that parts never overlap."""
        if self.of == 1:
            return missing
        mine = np.zeros_like(planned)
        for index, chunk in enumerate(chunks(planned)):
            if index % self.of == self.number - 1:
                mine[list(chunk.points), chunk.replications.start : chunk.replications.stop] = True
        return missing & mine
