"""Our own exp, log, sine, power and quantiles against high precision, with stated bounds."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numba
import numpy as np
import pytest
from scipy import stats

from sim.behaviours import arithmetic as ours
from sim.behaviours.steps import LEAST_MANTISSA_BITS, N_STEPS, STEP_BITS

# Numbers of one argument, in the order of the wrapper below.
EXP, LOG, SINE, LOGISTIC, QUANTILE = range(5)
LARGEST = 709.782712893384
SMALLEST_SUBNORMAL = 5e-324


@numba.njit
def fill(function: int, x: Any, out: Any) -> None:
    for i in range(x.shape[0]):
        if function == 0:
            out[i] = ours.exp(x[i])
        elif function == 1:
            out[i] = ours.log(x[i])
        elif function == 2:
            out[i] = ours.sine(x[i])
        elif function == 3:
            out[i] = ours.logistic(x[i])
        else:
            out[i] = ours.normal_quantile(x[i])


@numba.njit
def fill_power(x: Any, exponent: Any, out: Any) -> None:
    for i in range(x.shape[0]):
        out[i] = ours.power(x[i], exponent[i])


@numba.njit
def fill_counts(u: Any, mean: Any, shape: Any, out: Any) -> None:
    for i in range(u.shape[0]):
        out[i] = ours.negative_binomial_quantile(u[i], mean[i], shape[i])


def of(function: int, x: Any) -> np.ndarray:
    """Our value at every x."""
    points = np.ascontiguousarray(x, dtype=np.float64)
    out = np.empty(len(points))
    fill(function, points, out)
    return out


def ulps(got: np.ndarray, truth: list[Any]) -> np.ndarray:
    """Distance to the truth in units of the last place of the truth (of the smallest subnormal near zero)."""
    near = np.array([float(t) for t in truth])
    units = [mpmath.mpf(float(u)) for u in np.spacing(np.abs(near))]
    return np.array([float(abs(mpmath.mpf(float(g)) - t) / u) for g, t, u in zip(got, truth, units, strict=True)])


@pytest.fixture(autouse=True)
def high_precision() -> Any:
    with mpmath.workdps(60):
        yield


def generator() -> np.random.Generator:
    return np.random.default_rng(20240101)


def exp_points() -> np.ndarray:
    luck = generator()
    steps = np.concatenate([np.arange(-300, 300), luck.integers(-1021 * N_STEPS, 1024 * N_STEPS, 2000)])
    halves = (steps + 0.5) * math.log(2) / N_STEPS  # where the step changes
    beside = np.concatenate([np.nextafter(halves, -np.inf), halves, np.nextafter(halves, np.inf)])
    small = luck.choice([-1.0, 1.0], 2000) * np.exp(luck.uniform(-745, 0, 2000))
    points = np.concatenate([luck.uniform(-708, LARGEST, 4000), luck.uniform(-3, 3, 4000), small, beside])
    return points[points <= LARGEST]


@pytest.mark.slow
def test_exp_is_nearly_rounded_as_it_should_be() -> None:
    x = exp_points()
    assert ulps(of(EXP, x), [mpmath.exp(v) for v in x]).max() < 0.51


def test_exp_is_within_three_quarters_of_a_unit_where_results_are_subnormal() -> None:
    x = np.concatenate([np.linspace(-745.2, -708.0, 3000), [-745.133219101941, -744.787, -744.4400719213812]])
    assert ulps(of(EXP, x), [mpmath.exp(v) for v in x]).max() < 0.76


def test_exp_ends_where_numbers_end() -> None:
    x = np.array([0.0, -0.0, LARGEST, np.nextafter(LARGEST, np.inf), 1e300, np.inf, -746.0, -1e300, -np.inf])
    got = of(EXP, x)
    assert got[0] == got[1] == 1.0
    assert np.isfinite(got[2])
    assert (got[3:6] == np.inf).all()
    assert (got[6:] == 0.0).all()


def test_exp_never_decreases() -> None:
    x = np.sort(np.concatenate([generator().uniform(-760, 720, 50_000), np.linspace(-746, -744, 2001)]))
    assert (np.diff(of(EXP, x)[np.isfinite(of(EXP, x))]) >= 0.0).all()


def where_steps_of_log_change(power: int) -> np.ndarray:
    """The first float of each step, for numbers of about 2^power."""
    stored = LEAST_MANTISSA_BITS + (np.arange(N_STEPS) << (52 - STEP_BITS)) + (power << 52)
    return stored.astype(np.int64).view(np.float64)


def test_log_is_nearly_rounded_as_it_should_be() -> None:
    luck = generator()
    wide = np.exp(luck.uniform(-744, 709, 4000))
    near_one = 1.0 + luck.choice([-1.0, 1.0], 4000) * np.exp(luck.uniform(-36, -1, 4000))
    halves = np.concatenate([where_steps_of_log_change(power) for power in (-1000, -2, -1, 0, 1, 2, 700)])
    edges = [SMALLEST_SUBNORMAL, 2.2250738585072014e-308, 1.7976931348623157e308, 0.5, 1.0, 2.0]
    x = np.concatenate([wide, near_one, halves, np.nextafter(halves, 0.0), np.nextafter(halves, 9e307), edges])
    x = x[x != 1.0]
    assert ulps(of(LOG, x), [mpmath.log(v) for v in x]).max() < 0.51


def test_log_of_one_is_zero_and_of_nothing_is_minus_infinity() -> None:
    assert of(LOG, [1.0, 0.0, -1.0]).tolist() == [0.0, -math.inf, -math.inf]


def test_log_never_decreases() -> None:
    x = np.sort(np.concatenate([np.exp(generator().uniform(-744, 709, 50_000)), np.linspace(0.5, 2.0, 50_001)]))
    assert (np.diff(of(LOG, x)) >= 0.0).all()


@pytest.mark.parametrize("which", [EXP, LOG])
def test_nothing_decreases_where_a_step_ends(which) -> None:
    last = 50
    if which == EXP:
        ends = (np.arange(-40 * N_STEPS, 40 * N_STEPS) + 0.5) * math.log(2) / N_STEPS
    else:
        ends = np.concatenate([where_steps_of_log_change(power) for power in range(-5, 6)])
    around = ends[:, None] + np.arange(-last, last) * np.spacing(np.abs(ends))[:, None]
    got = of(which, around.reshape(-1)).reshape(around.shape)
    assert (np.diff(got, axis=1) >= 0.0).all()


def test_sine_errs_by_less_than_1e_15_and_is_exact_at_quarter_turns() -> None:
    x = np.concatenate([generator().uniform(-3, 3, 4000), np.arange(260) / 260.0])
    truth = np.array([float(mpmath.sin(2 * mpmath.pi * mpmath.mpf(float(v)))) for v in x])
    assert np.abs(of(SINE, x) - truth).max() < 1e-15
    assert of(SINE, [0.0, 0.5, 1.0, -2.0]).tolist() == [0.0, 0.0, 0.0, 0.0]
    assert np.abs(of(SINE, [0.25, 0.75, -0.25]) - [1.0, -1.0, -1.0]).max() < 1e-15


def test_power_errs_by_few_units_that_grow_with_the_log_of_the_result() -> None:
    luck = generator()
    x, exponent = np.exp(luck.uniform(-20, 20, 4000)), luck.uniform(-2, 2, 4000)
    got = np.empty(4000)
    fill_power(x, exponent, got)
    truth = [mpmath.power(v, e) for v, e in zip(x, exponent, strict=True)]
    error = np.array([float(abs(mpmath.mpf(float(g)) / t - 1)) for g, t in zip(got, truth, strict=True)])
    # One unit each for log, the product and exp; the first two are multiplied by the logarithm of the result.
    assert (error <= 2.0**-52 * (1.0 + 2.0 * np.abs(exponent * np.log(x)))).all()


def test_power_of_one_is_one_and_of_nothing_is_zero() -> None:
    got = np.empty(5)
    fill_power(np.array([1.0, 1.0, 7.5, 0.0, -2.0]), np.array([0.5, -3.0, 0.0, 0.5, 2.0]), got)
    assert got.tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]


def test_logistic_is_a_chance_that_grows_and_is_symmetric() -> None:
    x = np.sort(np.concatenate([generator().normal(0, 8, 20_000), [-800.0, -745.0, -40.0, 0.0, 40.0, 745.0, 800.0]]))
    got = of(LOGISTIC, x)
    assert ((got >= 0.0) & (got <= 1.0)).all()
    assert (np.diff(got) >= 0.0).all()
    assert np.abs(got + of(LOGISTIC, -x) - 1.0).max() <= 2.0**-52


def test_logistic_has_a_relative_error_of_a_few_units() -> None:
    x = generator().normal(0, 6, 4000)
    truth = [1 / (1 + mpmath.exp(-mpmath.mpf(float(v)))) for v in x]
    assert ulps(of(LOGISTIC, x), truth).max() <= 3.0


def truth_of_quantile(p: float) -> Any:
    """Standard normal quantile to 60 digits: three Newton steps from a good guess."""
    x = mpmath.mpf(float(stats.norm.ppf(p)))
    for _ in range(3):
        x -= (mpmath.ncdf(x) - mpmath.mpf(p)) / mpmath.npdf(x)
    return x


def draws_near(p: Any) -> np.ndarray:
    """The draws next to these numbers."""
    return (np.floor(np.asarray(p) * 2.0**52) + 0.5) * 2.0**-52


def test_normal_quantile_errs_by_less_than_2e_13() -> None:
    luck = generator()
    tails = draws_near(np.exp(-luck.uniform(0.7, 36.7, 1500)))
    ends = draws_near(np.ldexp(1.0 + np.arange(8) / 8, luck.integers(-50, -1, (60, 1))).reshape(-1))
    p = np.concatenate([draws_near(luck.uniform(0, 1, 1500)), tails, ends, [2.0**-53]])
    p = np.concatenate([p, 1.0 - p])
    truth = [truth_of_quantile(float(v)) for v in p]
    assert max(float(abs(mpmath.mpf(float(g)) - t)) for g, t in zip(of(QUANTILE, p), truth, strict=True)) < 2e-13


def test_normal_quantile_is_zero_in_the_middle_and_symmetric() -> None:
    # On the grid of the draws, 1 - p is exact.
    p = (np.floor(generator().uniform(0, 2.0**51, 20_000)) + 0.5) * 2.0**-52
    assert of(QUANTILE, [0.5])[0] == 0.0
    assert (of(QUANTILE, 1.0 - p) == -of(QUANTILE, p)).all()


def test_normal_quantile_never_decreases_from_one_draw_to_the_next() -> None:
    ends = np.ldexp(1.0 + np.arange(8) / 8, np.arange(-41, 0)[:, np.newaxis]).reshape(-1)  # of all pieces
    for centre in (2.0**-52, 0.3, 0.5, *ends[ends < 0.5], *(1.0 - ends[ends < 0.5])):
        first = max(0, int(centre * 2**52) - 1000)
        draws = (np.arange(first, min(2**52, first + 2000), dtype=np.float64) + 0.5) * 2.0**-52
        assert (np.diff(of(QUANTILE, draws)) >= 0.0).all()


def test_normal_quantile_of_what_is_no_draw_reads_nothing_beyond_its_table() -> None:
    of(QUANTILE, [0.0, 1.0, -3.0, 1e300, np.nan, np.inf, 1e-300])


def counts(u: np.ndarray, mean: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Our count for every draw, mean and shape."""
    out = np.empty(len(u), dtype=np.int64)
    fill_counts(u, mean, shape, out)
    return out


def test_negative_binomial_quantile_is_exact_apart_from_ties() -> None:
    luck = generator()
    n = 20_000
    u, mean = luck.uniform(0, 1, n), np.exp(luck.uniform(-4, 5, n))
    shape = np.exp(luck.uniform(math.log(0.5), math.log(1000), n))
    truth = stats.nbinom.ppf(u, shape, shape / (shape + mean)).astype(np.int64)
    got = counts(u, mean, shape)
    differs = got != truth
    at_boundary = np.abs(stats.nbinom.cdf(np.minimum(got, truth), shape, shape / (shape + mean)) - u) < 1e-12
    assert differs.mean() < 1e-3
    assert (~differs | (at_boundary & (np.abs(got - truth) == 1))).all()


def test_negative_binomial_quantile_never_decreases_in_the_mean_or_the_draw() -> None:
    means = np.linspace(0.0, 60.0, 601)
    for u in (1e-9, 0.03, 0.5, 0.97, 1.0 - 1e-9):
        assert (np.diff(counts(np.full(601, u), means, np.full(601, 9.0))) >= 0).all()
    u = np.linspace(1e-6, 1.0 - 1e-6, 601)
    assert (np.diff(counts(u, np.full(601, 12.0), np.full(601, 9.0))) >= 0).all()


def test_no_mean_gives_no_count_and_a_count_ends() -> None:
    assert counts(np.array([0.999, 0.5]), np.array([0.0, -1.0]), np.array([9.0, 9.0])).tolist() == [0, 0]
    assert counts(np.array([1.0 - 2.0**-53]), np.array([1000.0]), np.array([0.5])).tolist() == [1_000_000]
