"""From the facts of an export to a scenario whose runs show the same moments (method of moments, by simulation)."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.facts import FunnelFacts
from sim.calibrate.fit_notes import notes_of
from sim.calibrate.knobs import Knobs, neutral_knobs, turned
from sim.calibrate.moments import Moments, moments_of
from sim.calibrate.starting import USUAL_DEALS, first_knobs, section_of, starting_point
from sim.spec.edit import with_values
from sim.spec.origins import CALIBRATION
from sim.spec.presets import flat
from sim.spec.scenario import RULE_SECTIONS, Scenario

Floats = npt.NDArray[np.float64]
Round = tuple[Knobs, Moments]

_COARSE_DAYS = 260
_SETTLING_ROUNDS, _CLOSE = 7, 0.03
# Leads handed over per rep and day in the undefined mid-size firm, rounded.
_USUAL_HANDED = 0.17
# Assumptions: shares of the hours there are that judging inquiries, and hours a day that reading leads, may take
# before the export is taken to say that they take less.
_JUDGING_SHARE, _READING_HOURS = 0.5, 0.2
_MOST_NEGLECTED, _MOST_UNJUDGED = 0.10, 0.10


@dataclass(frozen=True)
class _Schedule:
    """How many rounds of how many runs, from which seed on, and whether hours and habits are settled by then."""

    n_rounds: int
    n_runs: int
    first_seed: int
    is_settled: bool

    def seeds(self, seed: int) -> range:
        """Seeds of every round: thousands are the fit's own."""
        return range(seed * 1000 + self.first_seed, seed * 1000 + self.first_seed + self.n_runs)


# Coarse rounds are short; reps differ from run to run, so the fine ones, on whole runs, need many runs.
_COARSE, _FINE, _FRESH = _Schedule(8, 12, 0, False), _Schedule(4, 24, 100, True), _Schedule(1, 24, 500, True)


@dataclass(frozen=True)
class Fit:
    """A scenario fitted to an export, and how well.

    Parameters
    ----------
    scenario : Scenario
        The base with what the export tells; no interventions.
    table : pandas.DataFrame
        One row per matched quantity: ``quantity``, ``unit``, ``data`` and ``simulated`` (NaN where unknown); simulated
        on seeds that the fit did not use.
    notes : tuple of str
        What was assumed, kept, changed without being told by the data, or missed, one plain sentence each.
    """

    scenario: Scenario
    table: pd.DataFrame
    notes: tuple[str, ...]


def fit_scenario(facts: FunnelFacts, base: Scenario, seed: int = 1) -> Fit:
    """Fit the market and funnel side of a scenario to the facts of an export.

    Parameters
    ----------
    facts : FunnelFacts
        What ``funnel_facts`` found.
    base : Scenario
        Everything that the export does not tell, its relationship type included; interventions are left out.
    seed : int
        First of the seeds, from 0; same facts, base and seed, same fit.

    Returns
    -------
    Fit
        The closest of a few fine rounds, which begin where coarse ones end.

    Raises
    ------
    InputError
        If the facts cannot be a scenario.

    Notes
    -----
    Method of simulated moments with one knob per moment, turned by secant steps on common seeds: inquiries for
    arrivals, a logit shift of answers for the win rate, waiting days for the median time to win, the spread of buyers'
    tempo for its spread, mean and spread of accounts for those of wins, a shift for each source. Hours and habits
    follow the load in the first rounds only. Relationship and practices are not told by an export and stay.
    """
    start = starting_point(facts, base)
    knobs = first_knobs(facts, start)
    short = with_values(start, {"run.days": min(start.run.days, _COARSE_DAYS)})
    rounds = _rounds(facts, short, knobs, _COARSE, seed)
    knobs = _next_knobs(rounds, facts, start, is_settled=True)
    rounds = _rounds(facts, start, knobs, _FINE, seed)
    knobs, _ = min(rounds, key=lambda done: float(np.sum(_errors(facts, done[1]) ** 2)))
    scenario = turned(start, knobs, facts.unit)
    fresh = moments_of(scenario, facts.unit, _FRESH.seeds(seed))
    table = _table(facts, scenario, fresh)
    notes = notes_of(facts, base, scenario, table, fresh)
    return Fit(with_sources(scenario, base, facts.source_name), table, notes)


def with_sources(scenario: Scenario, base: Scenario, source_name: str) -> Scenario:
    """The scenario with a source for every value that a calibration has set: where it differs from the base."""
    before = dict(flat(base.model_dump(include=set(RULE_SECTIONS))))
    after = flat(scenario.model_dump(include=set(RULE_SECTIONS)))
    source = f"{CALIBRATION}: {source_name}"[:300]
    return scenario.model_copy(
        update={"sources": base.sources | {path: source for path, value in after if before[path] != value}}
    )


def _rounds(facts: FunnelFacts, start: Scenario, knobs: Knobs, schedule: _Schedule, seed: int) -> list[Round]:
    """Simulate and turn the knobs by turns, until all moments are close or the rounds are used up."""
    rounds: list[Round] = []
    while True:
        rounds.append((knobs, moments_of(turned(start, knobs, facts.unit), facts.unit, schedule.seeds(seed))))
        is_close = np.abs(_errors(facts, rounds[-1][1])).max() < _CLOSE
        may_stop = is_close and (schedule.is_settled or len(rounds) > _SETTLING_ROUNDS)
        if may_stop or len(rounds) >= schedule.n_rounds:
            return rounds
        knobs = _next_knobs(rounds, facts, start, schedule.is_settled)


def _next_knobs(rounds: list[Round], facts: FunnelFacts, start: Scenario, is_settled: bool) -> Knobs:
    """Turn every knob by its own moment; what one does to the moments of others is met in the next round."""
    knobs, moments = rounds[-1]
    if not is_settled and len(rounds) < _SETTLING_ROUNDS:
        knobs = _relieved(knobs, moments, facts, start)
    if not is_settled and len(rounds) > 2 and knobs.tempo_sd > 1.9 and moments.cycle_log_sd < 0.95 * facts.cycle_log_sd:
        knobs = dataclasses.replace(knobs, fewer_touches=min(4.0, knobs.fewer_touches + 1.0))
    return dataclasses.replace(
        knobs,
        demand=knobs.demand * float(np.clip(facts.arrivals_per_working_day / max(moments.arrivals, 1e-9), 0.2, 5)),
        yes=_step(rounds, "yes", [_logit(m.win_rate) for _, m in rounds], _logit(facts.win_rate)),
        pace=_step(rounds, "pace", [_ln(m.cycle_median) for _, m in rounds], _ln(facts.cycle_median_days)),
        tempo_sd=_spread(knobs.tempo_sd, moments.cycle_log_sd, facts.cycle_log_sd, 2.0),
        value_mean=_value_mean(knobs, moments, facts),
        value_sd=_spread(knobs.value_sd, moments.value_log_sd, facts.value_log_sd, 2.5),
        quota=max(1.0, moments.quota) if moments.quota > 0 else knobs.quota,
        source_shifts=_source_shifts(knobs, moments, facts),
    )


def _relieved(knobs: Knobs, moments: Moments, facts: FunnelFacts, start: Scenario) -> Knobs:
    """Hours and habits at which the load of the export is bearable: no bottleneck that the data do not show."""
    usual = neutral_knobs(start)
    reading = moments.handed_per_rep_day * section_of(start, "handoff")["reading_hours"]
    return dataclasses.replace(
        knobs,
        selling_hours=_selling_hours(knobs, moments, facts),
        scoring_hours=_scoring_hours(knobs, moments, start),
        reading_hours=min(1.0, _READING_HOURS / max(reading, 1e-9)),
        load_reference=max(usual.load_reference, 1.4 * moments.open_deals),
        attention_scale=usual.attention_scale * math.sqrt(max(1.0, moments.handed_per_rep_day / _USUAL_HANDED)),
        pool_reference=max(0.01, moments.deals_per_rep_day),
        campaign_reference=knobs.campaign_reference * float(np.clip(moments.campaign_effort, 0.5, 2)),
    )


def _selling_hours(knobs: Knobs, moments: Moments, facts: FunnelFacts) -> float:
    """Factor on the hours of a touch: less while reps drown; for inquiries half-way to what keeps the usual load."""
    factor = knobs.selling_hours
    if moments.neglected > _MOST_NEGLECTED:
        return 0.7 * factor
    if facts.unit == "opportunity":
        return factor
    return math.sqrt(factor * min(1.0, USUAL_DEALS / max(moments.deals_per_rep_day, 1e-9)))


def _scoring_hours(knobs: Knobs, moments: Moments, start: Scenario) -> float:
    """Factor on the hours of a judgement at which marketers keep half their queue hours; each lead counts 1.6 times."""
    people, given = section_of(start, "people"), section_of(start, "marketing")
    inquiries = section_of(start, "market")["raw_leads_per_rep_day"] * people["reps"] / people["marketers"]
    bearable = _JUDGING_SHARE * given["queue_share"] * section_of(start, "selling")["marketer_hours"]
    factor = min(1.0, bearable / max(1.6 * inquiries * given["score_hours"], 1e-9))
    return float(min(factor, knobs.scoring_hours) * (0.75 if moments.unjudged > _MOST_UNJUDGED else 1.0))


def _step(rounds: list[Round], knob: str, seen: list[float], target: float) -> float:
    """One secant step of a knob towards its target, with a cautious slope and length."""
    at = [float(getattr(knobs, knob)) for knobs, _ in rounds]
    if not math.isfinite(seen[-1]):
        return at[-1] + (1.0 if knob == "yes" else 0.0)
    slope, least, most = (1.5, 0.5, 4.0) if knob == "yes" else (0.7, 0.3, 1.2)
    if len(at) > 1 and abs(at[-1] - at[-2]) > 0.02 and math.isfinite(seen[-2]):
        slope = min(most, max(least, (seen[-1] - seen[-2]) / (at[-1] - at[-2])))
    return at[-1] + float(np.clip((target - seen[-1]) / slope, -1.2, 1.2))


def _spread(sd: float, simulated: float, target: float | None, most: float) -> float:
    """Spread of a source of variance that makes up what the simulated spread lacks; variances add."""
    if target is None or not math.isfinite(simulated):
        return sd
    return float(np.sqrt(np.clip(sd**2 + target**2 - simulated**2, 0.25 * sd**2, most**2)))


def _value_mean(knobs: Knobs, moments: Moments, facts: FunnelFacts) -> float:
    if facts.value_mean is None or not moments.value_mean > 0:
        return knobs.value_mean
    return float(max(1.0, knobs.value_mean * facts.value_mean / moments.value_mean))


def _source_shifts(knobs: Knobs, moments: Moments, facts: FunnelFacts) -> tuple[float, ...]:
    """Shift of each source, moved by what its simulated log-odds miss against the average source."""
    if len(facts.sources) < 2:
        return knobs.source_shifts
    share = np.array([fact.share for fact in facts.sources])
    wanted = np.array([fact.logit_shift for fact in facts.sources])
    rates = np.clip(np.nan_to_num(moments.source_rates, nan=0.0), 1e-3, 1 - 1e-3)
    shown = np.log(rates / (1 - rates))
    shown -= np.sum(share * shown)
    moved = np.array(knobs.source_shifts) + 0.7 * np.clip(wanted - shown, -1, 1)
    return tuple(np.clip(moved - np.sum(share * moved), -4, 4).tolist())


def _errors(facts: FunnelFacts, moments: Moments) -> Floats:
    """Relative errors of the moments that have a knob of their own, absolute ones of 0; 9 where one does not exist."""
    pairs = [
        (facts.arrivals_per_working_day, moments.arrivals),
        (facts.win_rate, moments.win_rate),
        (facts.cycle_median_days, moments.cycle_median),
        (facts.cycle_log_sd, moments.cycle_log_sd),
    ]
    if facts.value_mean is not None:
        pairs.append((facts.value_mean, moments.value_mean))
    errors = np.array([simulated / data - 1 if data else simulated for data, simulated in pairs])
    return np.asarray(np.nan_to_num(errors, nan=9.0), dtype=np.float64)


def _logit(p: float) -> float:
    return math.log(p / (1 - p)) if 0 < p < 1 else math.nan


def _ln(x: float) -> float:
    return math.log(max(x, 0.1)) if math.isfinite(x) else math.nan


def _table(facts: FunnelFacts, scenario: Scenario, moments: Moments) -> pd.DataFrame:
    rows_are = "inquiries" if facts.unit == "lead" else "deals opened"
    since = "inquiry" if facts.unit == "lead" else "opening the deal"
    people = section_of(scenario, "people")
    rows = [
        (f"{rows_are} per working day", "1/d", facts.arrivals_per_working_day, moments.arrivals),
        ("day-to-day dispersion", "variance/mean", facts.arrivals_dispersion, moments.dispersion),
        (f"win rate per {facts.win_rate_of}", "share", facts.win_rate, moments.win_rate),
        (f"median time from {since} to win", "calendar days", facts.cycle_median_days, moments.cycle_median),
        ("spread of the time to win", "ln", facts.cycle_log_sd, moments.cycle_log_sd),
        ("mean value of a win", scenario.currency, facts.value_mean, moments.value_mean),
        ("spread of the value of a win", "ln", facts.value_log_sd, moments.value_log_sd),
        ("reps", "people", facts.n_reps, people["reps"]),
        ("marketers", "people", facts.n_marketers, people["marketers"]),
    ]
    if facts.unit == "lead":
        pairs = zip(facts.sources, moments.source_rates.tolist(), strict=False)
        rows += [(f"win rate of source {fact.name}", "share", fact.rate, rate) for fact, rate in pairs]
    table = pd.DataFrame(rows, columns=["quantity", "unit", "data", "simulated"])
    return table.astype({"data": float, "simulated": float})
