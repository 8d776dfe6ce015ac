"""Luck by address: what each door gives, that addresses stay apart, and that looking changes nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from scipy import stats

from sim.behaviours import keys, luck
from sim.domain.blueprint import Blueprint, empty_world, record
from sim.domain.rules import RULES_DTYPE
from sim.domain.vocabulary import (
    CALENDAR,
    DRAW_ARRIVALS,
    DRAW_FIT,
    DRAW_SOURCE,
    DRAW_TOUCH,
    EVENT,
    INBOUND,
    MOST_UNITS,
    PERSON,
    PURPOSES,
    QUARTER_PAIR,
    SELF_FOUND_DEAL,
)

N = 20_000
# All seeds are fixed, so a test passes always or never. Chosen anew, a seed would fail one test in about a million
# (five standard errors, or a p-value of 1e-6).
SIGMAS, LEAST_P = 5.0, 1e-6
SHAPE = 9.0


class Drawn(NamedTuple):
    """What the doors gave, one entry per address."""

    happened: np.ndarray
    normals: np.ndarray
    counts: np.ndarray
    fractions: np.ndarray
    picks: np.ndarray


@numba.njit
def fill_doors(world: Any, addresses: Any, numbers: Any, out: Any) -> None:
    for i in range(addresses.shape[0]):
        key, purpose, occurrence = addresses[i, 0], addresses[i, 1], addresses[i, 2]
        out[0, i] = 1.0 if luck.happens(world, key, purpose, occurrence, numbers[i]) else 0.0
        out[1, i] = luck.normal(world, key, purpose, occurrence)
        out[2, i] = luck.count(world, key, purpose, occurrence, numbers[i], SHAPE)
        out[3, i] = luck.fraction(world, key, purpose, occurrence)
        out[4, i] = luck.pick(world, key, purpose, occurrence, 14)


@numba.njit
def fill_sources(world: Any, keys: Any, n: int, out: Any) -> None:
    for i in range(keys.shape[0]):
        out[i] = luck.one_of(world, keys[i], DRAW_SOURCE, world.rules.source_up_to, n)


@numba.njit
def fill_bits(addresses: Any, bits: Any, draws: Any) -> None:
    for i in range(addresses.shape[0]):
        seed, key, purpose, occurrence = addresses[i, 0], addresses[i, 1], addresses[i, 2], addresses[i, 3]
        bits[i] = luck.mix(seed, key, purpose, occurrence)
        draws[i] = luck.uniform(seed, key, purpose, occurrence)


@numba.njit
def fill_keys(kind: int, parts: Any, out: Any) -> None:
    for i in range(parts.shape[0]):
        a, b, c = parts[i, 0], parts[i, 1], parts[i, 2]
        if kind == 1:
            out[i] = keys.inbound_key(a, 0, b)
        elif kind == 2:
            out[i] = keys.event_key(a, 0, b)
        elif kind == 3:
            out[i] = keys.self_found_key(a, b)
        elif kind == 4:
            out[i] = keys.person_key(a, b)
        elif kind == 5:
            out[i] = keys.quarter_key(a, b, 0, c)
        else:
            out[i] = keys.calendar_key(a)


def world_of(seed: int, n_events: int = 0) -> Any:
    """A world just large enough to draw in."""
    rules = record(RULES_DTYPE)
    rules.n_days = 1
    world = empty_world(Blueprint(rules, 1, 1, 0, 0, 0), capacity=1, n_events=n_events)
    world.organization.seed = seed
    return world


def sources_of(world: Any, shares: np.ndarray) -> np.ndarray:
    """The source that each of `N` leads comes from in a world where sources have such shares."""
    world.rules.source_up_to[: len(shares)] = shares.cumsum()
    chosen = np.empty(N, dtype=np.int64)
    fill_sources(world, leads(), len(shares), chosen)
    return chosen


def leads(n: int = N) -> np.ndarray:
    """Keys of inbound leads, sixteen a day."""
    i = np.arange(n)
    return keys_of(INBOUND, i // 16, i % 16)


def keys_of(kind: int, *parts: Any) -> np.ndarray:
    """Keys of a class from arrays of their parts."""
    columns = np.zeros((len(parts[0]), 3), dtype=np.int64)
    for j, part in enumerate(parts):
        columns[:, j] = part
    out = np.empty(len(columns), dtype=np.int64)
    fill_keys(kind, columns, out)
    return out


def open_doors(keys: np.ndarray, numbers: Any, world: Any = None, purpose: int = DRAW_FIT) -> Drawn:
    """Go through every door at the address of each key; numbers are chances and means."""
    world = world if world is not None else world_of(7)
    addresses = np.zeros((len(keys), 3), dtype=np.int64)
    addresses[:, 0], addresses[:, 1] = keys, purpose
    out = np.empty((5, len(keys)))
    fill_doors(world, addresses, np.broadcast_to(np.asarray(numbers, dtype=np.float64), len(keys)).copy(), out)
    return Drawn(*out)


def bits_of(seed: Any, key: Any, purpose: Any, occurrence: Any) -> tuple[np.ndarray, np.ndarray]:
    """The 64 bits and the uniform draw of each address."""
    addresses = np.stack(np.broadcast_arrays(seed, key, purpose, occurrence), axis=1).astype(np.int64)
    bits, draws = np.empty(len(addresses), dtype=np.uint64), np.empty(len(addresses))
    fill_bits(addresses, bits, draws)
    return bits, draws


def test_a_chance_comes_true_as_often_as_it_says() -> None:
    for chance in (0.02, 0.3, 0.5, 0.9):
        share = open_doors(leads(), chance).happened.mean()
        assert abs(share - chance) < SIGMAS * np.sqrt(chance * (1 - chance) / N)


def test_never_and_always_are_certain() -> None:
    assert not open_doors(leads(), 0.0).happened.any()
    assert open_doors(leads(), 1.0).happened.all()


def test_what_happens_at_a_chance_happens_at_every_higher_one() -> None:
    before = np.zeros(N)
    for chance in np.linspace(0.0, 1.0, 21):
        now = open_doors(leads(), chance).happened
        assert (now >= before).all()
        before = now


def test_all_doors_open_on_one_and_the_same_draw() -> None:
    drawn = open_doors(leads(), 0.4)
    assert (drawn.happened == (drawn.fractions < 0.4)).all()
    assert (drawn.picks == np.floor(drawn.fractions * 14)).all()
    order = np.argsort(drawn.fractions)
    assert (np.diff(drawn.normals[order]) >= 0.0).all()
    assert (np.diff(drawn.counts[order]) >= 0.0).all()


def test_normal_numbers_have_the_moments_and_the_shape_of_a_normal() -> None:
    x = open_doors(leads(), 0.0).normals
    # Standard errors of mean, variance, skewness and excess kurtosis of n normal numbers: sqrt(1, 2, 6, 24 / n).
    moments = np.array([x.mean(), x.var() - 1.0, stats.skew(x), stats.kurtosis(x)])
    assert (np.abs(moments) < SIGMAS * np.sqrt(np.array([1.0, 2.0, 6.0, 24.0]) / N)).all()
    assert stats.kstest(x, "norm").pvalue > LEAST_P


def test_a_higher_mean_only_adds_to_a_count() -> None:
    before = np.zeros(2000)
    for mean in (0.0, 0.1, 1.0, 5.0, 12.0, 12.5, 40.0):
        now = open_doors(leads(2000), mean).counts
        assert (now >= before).all()
        before = now


def test_counts_have_the_right_mean_and_spread() -> None:
    mean = 12.0
    x = open_doors(leads(), mean, purpose=DRAW_ARRIVALS).counts
    law = stats.nbinom(SHAPE, SHAPE / (SHAPE + mean))
    variance, kurtosis = mean + mean * mean / SHAPE, float(law.stats("k"))
    assert abs(x.mean() - mean) < SIGMAS * np.sqrt(variance / N)
    assert abs(x.var() - variance) < SIGMAS * variance * np.sqrt((kurtosis + 2.0) / N)


def test_fractions_and_picks_are_uniform() -> None:
    drawn = open_doors(leads(), 0.0)
    assert stats.kstest(drawn.fractions, "uniform").pvalue > LEAST_P
    assert stats.chisquare(np.bincount(drawn.picks.astype(int), minlength=14)).pvalue > LEAST_P
    assert set(drawn.picks) == set(range(14))


def test_one_of_several_comes_by_its_share_and_those_without_one_never() -> None:
    shares = np.array([0.25, 0.0, 0.5, 0.2, 0.05])
    counts = np.bincount(sources_of(world_of(7), shares), minlength=5)
    assert counts[1] == 0
    assert stats.chisquare(counts[shares > 0.0], N * shares[shares > 0.0]).pvalue > LEAST_P


def test_one_of_several_is_the_same_where_it_is_recorded_which_were_asked() -> None:
    shares, world = np.array([0.25, 0.0, 0.5, 0.25]), world_of(7, 4 * N)
    silent = sources_of(world_of(7), shares)
    assert (sources_of(world, shares) == silent).all()
    assert world.organization.n_events == np.minimum(silent + 1, 3).sum()  # the last one is what is left


def test_a_draw_is_never_zero_and_never_one() -> None:
    bits, draws = bits_of(np.arange(N), 6 << 48, DRAW_ARRIVALS, 7)
    assert ((draws > 0.0) & (draws < 1.0)).all()
    # The draw is the centre of one of 2^52 equal cells, so its extremes are known exactly.
    assert (draws == ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52).all()
    assert 0.0 < 0.5 * 2.0**-52
    assert ((2.0**52 - 1.0) + 0.5) * 2.0**-52 < 1.0
    assert ((2.0**53 - 1.0) + 0.5) * 2.0**-53 == 1.0  # why not 53 bits


def realistic_addresses() -> np.ndarray:
    """About a million different addresses of runs of 650 days, as (seed, key, purpose, occurrence)."""
    purposes = np.array(sorted(PURPOSES))
    blocks = []
    lead = leads(10_400)
    for seed in (0, 1):
        blocks.append(product([seed], lead, purposes[:28], [0]))
        blocks.append(product([seed], lead[:2000], [DRAW_TOUCH, DRAW_TOUCH + 1], range(1, 25)))
        blocks.append(product([seed], keys_of(PERSON, np.ones(80), np.arange(80)), [32], range(650)))
        found = keys_of(SELF_FOUND_DEAL, *product(range(40), range(1200)).T)
        blocks.append(product([seed], found, [2, 38], [0]))
    blocks.append(product(range(50_000), [CALENDAR << 48], [DRAW_ARRIVALS], [7]))
    return np.unique(np.concatenate(blocks), axis=0)


def product(*parts: Any) -> np.ndarray:
    """All combinations, one a row."""
    return np.stack([x.ravel() for x in np.meshgrid(*[np.asarray(p) for p in parts], indexing="ij")], axis=1)


@pytest.mark.slow
def test_no_two_of_a_million_addresses_share_their_luck() -> None:
    addresses = realistic_addresses()
    assert len(addresses) > 1_000_000
    # Of this many 64-bit numbers drawn at random, two would be equal with a chance of about 3e-8.
    bits, _ = bits_of(*addresses.T)
    assert len(np.unique(bits)) == len(addresses)


def test_classes_of_luck_never_share_a_key() -> None:
    days, last = np.array([0, 1, 649, 2_599, 99_999]), 2**20 - 1
    everything = {
        INBOUND: keys_of(INBOUND, *product(days, [0, 1, 4095, last]).T),
        EVENT: keys_of(EVENT, *product(days, [0, 1, 4095, last]).T),
        SELF_FOUND_DEAL: keys_of(SELF_FOUND_DEAL, *product([0, 1, 9999], [0, 1, 7, 18_199, last]).T),
        PERSON: keys_of(PERSON, *product([0, 1, 2], [0, 1, 9999, last]).T),
        QUARTER_PAIR: keys_of(QUARTER_PAIR, *product(days, range(1, 8), [0, 1, 4999, 65_535]).T),
        CALENDAR: keys_of(CALENDAR, np.arange(100_000)),
    }
    for kind, found in everything.items():
        assert len(np.unique(found)) == len(found)
        assert set(found >> 48) == {kind}


@numba.njit
def fill_unit_keys(parts: Any, out: Any) -> None:
    for i in range(parts.shape[0]):
        day, unit, index = parts[i, 0], parts[i, 1], parts[i, 2]
        out[i, 0] = keys.inbound_key(day, unit, index)
        out[i, 1] = keys.event_key(day, unit, index)
        out[i, 2] = keys.quarter_key(day, 7, unit, index)
        out[i, 3] = keys.arrivals_key(unit) + day
        out[i, 4] = keys.self_found_key(keys.number_of(unit, index), day)
        out[i, 5] = keys.person_key(2, keys.number_of(unit, index))


def test_units_never_share_a_key_and_the_first_sixteen_keep_theirs() -> None:
    parts = product([0, 1, 649, 2**20 - 1], range(MOST_UNITS), [0, 1, 119, 4095])
    found = np.empty((len(parts), 6), dtype=np.int64)
    fill_unit_keys(parts, found)
    in_few = parts[:, 1] < 16
    day, unit, index = parts[in_few].T
    assert (found[in_few, 0] == (INBOUND << 48) + (day << 20) + (unit << 16) + index).all()
    assert (found[in_few, 2] == (QUARTER_PAIR << 48) + (day << 20) + (7 << 16) + (unit << 12) + index).all()
    for column in (0, 1, 2, 4):
        assert len(np.unique(found[:, column])) == len(found)
    for column in (3, 5):  # no index in the one, no day in the other
        assert len(np.unique(found[:, column])) == len(found) / 4
    assert set(np.unique(found >> 48)) == {INBOUND, EVENT, QUARTER_PAIR, CALENDAR, SELF_FOUND_DEAL, PERSON}


@pytest.mark.parametrize(
    "step",
    [(1, 0, 0, 0), (0, 1, 0, 0), (0, 1 << 20, 0, 0), (0, 1 << 48, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)],
    ids=["seed", "index", "day", "class", "purpose", "occurrence"],
)
def test_neighbours_have_nothing_in_common(step: tuple[int, int, int, int]) -> None:
    here = (1, leads(), DRAW_FIT, 3)
    bits, draws = bits_of(*here)
    other_bits, other_draws = bits_of(*(a + b for a, b in zip(here, step, strict=True)))
    assert abs(np.corrcoef(draws, other_draws)[0, 1]) < SIGMAS / np.sqrt(N)
    changed = np.unpackbits((bits ^ other_bits).view(np.uint8)).mean()
    assert abs(changed - 0.5) < SIGMAS * 0.5 / np.sqrt(64 * N)


def test_one_seed_gives_one_luck_and_another_seed_another() -> None:
    first, again, other = (open_doors(leads(), 0.5, world_of(seed)).fractions for seed in (7, 7, 8))
    assert (first == again).all()
    assert (first != other).all()


@pytest.mark.parametrize("n_events", [1, 100, 2 * N])
def test_recording_decisions_changes_no_draw(n_events: int) -> None:
    world = world_of(7, n_events)
    world.organization.day = 12
    silent, recorded = open_doors(leads(), 0.3), open_doors(leads(), 0.3, world)
    assert all((a == b).all() for a, b in zip(silent, recorded, strict=True))
    assert world.organization.n_events == N  # only `happens` decides; what does not fit is counted


def test_a_recorded_decision_says_who_what_when_and_how_likely() -> None:
    world = world_of(7, 3)
    world.organization.day = 12
    drawn = open_doors(leads(2), [0.3, 0.6], world)
    rows = world.events
    assert rows.key[:2].tolist() == leads(2).tolist()
    assert rows.day[:2].tolist() == [12, 12]
    assert rows.purpose[:2].tolist() == [DRAW_FIT, DRAW_FIT]
    assert rows.occurrence[:2].tolist() == [0, 0]
    assert rows.draw[:2].tolist() == drawn.fractions.tolist()
    assert rows.chance[:2].tolist() == [0.3, 0.6]
    assert rows.key[2] == 0
