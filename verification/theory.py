"""What theory says of queues: closed forms, and laws of chains solved to rounding."""

from __future__ import annotations

from typing import Any

import numpy as np


def in_system(load: float, variation: float) -> float:
    """Mean number in a queue with one server and Poisson arrivals (Pollaczek 1930, Khinchine 1932).

    Parameters
    ----------
    load : float
        Arrivals per mean time of service, below 1.
    variation : float
        Squared coefficient of variation of the time of service: 0 always the same, 1 exponential.

    Examples
    --------
    >>> in_system(0.5, 1.0), in_system(0.5, 0.0)
    (1.0, 0.75)
    """
    return load + load * load * (1.0 + variation) / (2.0 * (1.0 - load))


def in_slots(rate: float, variance: float) -> float:
    """Mean number of those present as a slot's service begins, one served in a slot: arrivals in batches, by slots.

    The same formula: N' = max(N − 1, 0) + A, so E N = a + E A(A − 1) / (2 (1 − a)) (Pollaczek and Khinchine for a
    batch). Poisson batches make it M/D/1.

    Examples
    --------
    >>> in_slots(0.5, 0.5) == in_system(0.5, 0.0)
    True
    """
    return rate + (variance + rate * rate - rate) / (2.0 * (1.0 - rate))


def in_geometric(rate: float, variance: float, chance: float) -> float:
    """Mean number in the evening where one is worked on a day and done with a chance: N' = N − done + A.

    From the second moments of both sides: (E A² − 2 a² + a) / (2 (p − a)).

    Examples
    --------
    >>> round(in_geometric(5e-6, 5e-6, 1e-5), 4)  # M/M/1 with load one half: 1
    1.0
    """
    return (variance - rate * rate + rate) / (2.0 * (chance - rate))


def erlang_c(servers: int, offered: float) -> float:
    """Chance that all servers are busy (Erlang 1917), arrivals times mean service `offered`.

    Examples
    --------
    >>> round(erlang_c(1, 0.7), 4), round(erlang_c(5, 3.0), 4)
    (0.7, 0.2362)
    """
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1.0 - offered / servers * (1.0 - blocked))


def erlang_mean(servers: int, offered: float) -> float:
    """Mean number in the queue with several servers."""
    return offered + erlang_c(servers, offered) * offered / (servers - offered)


def batches(rate: float, shape: float, most: int) -> Any:
    """Chances of 0 … most arrivals in a slot: negative binomial with this mean and shape."""
    from scipy.stats import nbinom

    return nbinom.pmf(np.arange(most + 1), shape, shape / (shape + rate))


def rest(moves: Any) -> Any:
    """The stationary law of a chain from its matrix of transitions (rows sum to 1)."""
    n = len(moves)
    system = moves.T - np.eye(n)
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(n)[-1])


def law_of_slots(arrivals: Any, servers: int, size: int = 400) -> Any:
    """Law of the number left after a slot: Q' = max(Q + A − c, 0) (Crommelin 1932 for Poisson arrivals)."""
    moves = np.zeros((size, size))
    for n in range(size):
        for a, chance in enumerate(arrivals):
            moves[n, min(size - 1, max(0, n + a - servers))] += chance
    return rest(moves / moves.sum(axis=1, keepdims=True))


def law_of_servers(arrivals: Any, servers: int, chance: float, size: int = 300) -> Any:
    """Law of the number in the evening, up to `servers` worked on a day, each done with a chance."""
    from scipy.stats import binom

    moves = np.zeros((size, size))
    for n in range(size):
        busy = min(n, servers)
        for done, how_likely in enumerate(binom.pmf(np.arange(busy + 1), busy, chance)):
            for a, also in enumerate(arrivals):
                moves[n, min(size - 1, n - done + a)] += how_likely * also
    return rest(moves / moves.sum(axis=1, keepdims=True))


def mean_of_stages(arrivals: Any, stages: int, chance: float, size: int = 250) -> float:
    """Mean number in the evening, one worked on a day; it takes several stages, each passed with a chance."""
    moves = np.zeros((size * stages, size * stages))
    for n in range(size):
        for stage in range(stages):
            for is_passed, how_likely in ((0, 1.0 - chance), (1, chance)):
                left, after = (n, stage) if n == 0 or not is_passed else (n, stage + 1)
                if after == stages:
                    left, after = n - 1, 0
                for a, also in enumerate(arrivals):
                    moves[n * stages + stage, min(size - 1, left + a) * stages + after] += how_likely * also
    law = rest(moves / moves.sum(axis=1, keepdims=True))
    return float(law.reshape(size, stages).sum(axis=1) @ np.arange(size))
