"""Does a calibration find what is true? Simulated firms write exports, and one shared bank tells what they were.

Run ``python experiments/truth_recovery.py``; ``--help`` shows what can be chosen. About ten minutes on two cores with
the usual numbers; an interrupted bank goes on. It prints the coverage of 90 % intervals by parameter; with
``--out docs/recovery.json`` it writes that and the ranks of the truth, and their picture to docs/images.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd
import typer

from sim.analysis.figures import blank, house_style
from sim.analysis.panels import DARK, LIGHT
from sim.calibrate.alike import contraction, keep_alike, sample
from sim.calibrate.bank import DRAW, EVERY, Question, fill_bank
from sim.calibrate.calibration import N_PRACTICES, PARTLY, TOLD, compared, part_of
from sim.calibrate.importers import read_export
from sim.calibrate.lead_rows import Clock, rows_of_export, rows_of_world
from sim.calibrate.practice_prior import practice_draws
from sim.calibrate.prior import parameters_of
from sim.calibrate.summaries import Look, summaries
from sim.calibrate.synthetic import HUBSPOT, SALESFORCE, write_export
from sim.engine.run import simulate
from sim.ensemble.progress import progress
from sim.ensemble.seeds import run_seed
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.resolve import blueprint_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: First row of the exports; those of the bank begin at 0, so that none is compared with itself.
FIRST_EXPORT = 1_000_000
#: Draws behind an interval and a rank.
DRAWS = 500
CLOCK = Clock(pd.Timestamp("2024-01-01"), 540.0, 364.0, is_created_date=True, is_closed_date=True)


def question(seed: int) -> Question:
    """A firm of 14 people whose deals of a year are exported half a year later."""
    practices = practice_draws(N_PRACTICES, seed)
    middle = {str(path): float(level) for path, level in practices.mean().items()}
    centre = with_values(load_scenario("small"), middle | {"run.days": CLOCK.n_working_days})
    look = Look(0.0, 365.0, 170.0, (), has_losses=True, has_values=True, has_owners=True)
    parameters = parameters_of(centre, has_sources=False)
    return Question(centre, parameters, "opportunity", CLOCK, look, look, look, practices, seed)


def exported(asked: Question, row: int, folder: Path, shape: str) -> dict[str, float]:
    """Summaries of a firm after a way through a file: simulated, written, read."""
    z = asked.z(range(row, row + 1))[0]
    firm = asked.firm(dict(zip((one.name for one in asked.parameters), z, strict=True)), asked.practice(row))
    world = simulate(blueprint_of(firm), run_seed(asked.seed, row))
    path = folder / f"{shape}-{row}.csv"
    write_export(rows_of_world(world, asked.unit, CLOCK), CLOCK, (), path, shape)
    return summaries(rows_of_export(read_export(path), CLOCK, ()), asked.every)


def recover(n_bank: int, n_exports: int, store: Path | None, seed: int) -> tuple[pd.DataFrame, Any]:
    """Coverage by parameter, and ranks of shape (exports, parameters)."""
    asked = question(seed)
    names = [one.name for one in asked.parameters]
    with progress(n_bank + n_exports, quiet=False) as advance, tempfile.TemporaryDirectory() as folder:
        bank = fill_bank(asked, n_bank, store, advance)
        z, seen = part_of(bank, DRAW), compared(part_of(bank, EVERY))
        truths, lows, highs, ranks, told = [], [], [], [], []
        for number in range(n_exports):
            row = FIRST_EXPORT + number
            observed = exported(asked, row, Path(folder), (SALESFORCE, HUBSPOT)[number % 2])
            kept = keep_alike(seen, z, observed)
            drawn = kept.values[names].to_numpy()[sample(kept, DRAWS, row)]
            truth = asked.z(range(row, row + 1))[0]
            truths.append(truth)
            lows.append(np.quantile(drawn, 0.05, axis=0))
            highs.append(np.quantile(drawn, 0.95, axis=0))
            ranks.append((drawn < truth).mean(axis=0))
            told.append([contraction(z[name].to_numpy(), drawn[:, place]) for place, name in enumerate(names)])
            advance(1)
    inside = (np.array(truths) >= np.array(lows)) & (np.array(truths) <= np.array(highs))
    share = np.mean(told, axis=0)
    verdict = np.where(share >= TOLD, "told", np.where(share >= PARTLY, "partly told", "not told"))
    table = pd.DataFrame({"parameter": names, "covered": inside.mean(axis=0), "told": share, "verdict": verdict})
    return table, np.array(ranks)


def draw_ranks(names: list[str], ranks: Any) -> Figure:
    """Histograms of the truth's rank among the draws; the band holds 95 % of bars that are flat but for chance."""
    from scipy.stats import binom

    n_bins = 10
    low, high = binom.ppf([0.025, 0.975], len(ranks), 1 / n_bins)
    with house_style():
        figure = blank(1040, 440)
        for place, name in enumerate(names):
            axes = figure.add_subplot(2, -(-len(names) // 2), place + 1)
            axes.axhspan(low, high, color=LIGHT, linewidth=0)
            counts, _ = np.histogram(ranks[:, place], n_bins, (0.0, 1.0))
            axes.bar((np.arange(n_bins) + 0.5) / n_bins, counts, width=0.9 / n_bins, color=DARK)
            axes.set_title(name, fontsize=12)
            axes.set_ylim(0, 2.2 * len(ranks) / n_bins)
            axes.set_xticks([0, 0.5, 1])
        figure.subplots_adjust(left=0.04, right=0.99, bottom=0.07, top=0.93, hspace=0.32, wspace=0.22)
    return figure


def main(
    bank: Annotated[int, typer.Option(help="Firms in the shared bank.")] = 20_000,
    exports: Annotated[int, typer.Option(help="Synthetic exports.")] = 300,
    store: Annotated[Path | None, typer.Option(help="Folder of the bank.")] = None,
    seed: int = 1,
    out: Annotated[Path | None, typer.Option(help="JSON file for table and ranks.")] = None,
) -> None:
    """Measure how often 90 % intervals of a calibration hold the truth."""
    table, ranks = recover(bank, exports, store, seed)
    identified = table[table["verdict"] == "told"]
    print(table.round(3).to_string(index=False))
    print(f"Pooled over {len(identified)} identified parameters, {exports} exports: {identified['covered'].mean():.3f}")
    if out is not None:
        (out.parent / "images").mkdir(parents=True, exist_ok=True)
        picture = draw_ranks(table["parameter"].tolist(), ranks)
        picture.savefig(out.parent / "images" / "recovery.png", dpi=100, facecolor="white")
        counts = [np.histogram(ranks[:, place], 20, (0.0, 1.0))[0].tolist() for place in range(len(table))]
        content = {"bank": bank, "exports": exports, "seed": seed, "table": table.to_dict("records"), "ranks": counts}
        out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
