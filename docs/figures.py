"""Draw the pictures of the documentation anew, each by its recipe, and write docs/figures.md.

``make figures`` or ``python docs/figures.py`` draws those that are drawn from data stored in the repository, in
seconds; ``--plans`` also those that are drawn from studies, which run first (minutes each; stores in results/figures
are gone on with); names of pictures draw only these. Pictures of pages in a browser are taken by hand, as their recipe
says. Nothing of the product imports this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES, PAGE, STORES = ROOT / "docs" / "images", ROOT / "docs" / "figures.md", Path("results") / "figures"
STORED, PLAN, SCREEN, HAND, CHECKS = "stored data", "a study", "a page in a browser", "nothing", "checks"


@dataclass(frozen=True)
class Recipe:
    """How a picture is made.

    Parameters
    ----------
    picture : str
        File in docs/images.
    source : str
        `STORED`, `PLAN`, `SCREEN`, `HAND` or `CHECKS`.
    how : str
        What makes it, in words or as a command.
    draw : callable or None
        Draws it into a file; None for pictures of pages.
    """

    picture: str
    source: str
    how: str
    draw: Callable[[Path], None] | None = None


def performance(file: Path) -> None:
    """Speed and growth, from docs/performance.json."""
    from benchmarks.picture import draw
    from benchmarks.results import SHOWN, read, rows_of

    draw(rows_of(read(SHOWN)), file)


def recovery(file: Path) -> None:
    """Ranks of true values, from the counts of docs/recovery.json."""
    import numpy as np

    from experiments.truth_recovery import draw_ranks

    kept = json.loads((ROOT / "docs" / "recovery.json").read_text(encoding="utf-8"))
    counts = np.array(kept["ranks"])
    middles = (np.arange(counts.shape[1]) + 0.5) / counts.shape[1]
    ranks = np.column_stack([np.repeat(middles, row) for row in counts])
    draw_ranks([row["parameter"] for row in kept["table"]], ranks).savefig(file, dpi=100, facecolor="white")


def calibrate(file: Path) -> None:
    """Forecasts of a public export, from docs/forecasts.json."""
    import pandas as pd

    from sim.analysis.range_figures import draw_ranges
    from sim.report.firm_parts import forecast_lines

    table = pd.DataFrame(json.loads((ROOT / "docs" / "forecasts.json").read_text(encoding="utf-8"))["forecast"])
    first = table[table["export"] == table["export"].iloc[0]]
    draw_ranges(*forecast_lines(first), 1.0).savefig(file, dpi=100, facecolor="white")


def command(*arguments: str) -> Callable[[Path], None]:
    """A command that draws into the file that its last option names."""

    def draw(file: Path) -> None:
        subprocess.run([sys.executable, "-m", "sim", *arguments, str(file)], check=True, cwd=ROOT)

    return draw


def of_study(plan: str, replications: int, kind: str, dpi: int = 100, **how: str) -> Callable[[Path], None]:
    """A picture of a shipped plan's study."""

    def draw(file: Path) -> None:
        import sim

        study = sim.experiment(plan, replications=replications, store=ROOT / STORES / f"{plan}-{replications}")
        study.figure(kind, **how).savefig(file, dpi=dpi, facecolor="white")

    return draw


def waiting(file: Path) -> None:
    """Deals of the mid-size firm by relationship type."""
    import sim
    from sim.spec.plan import read_plan

    kinds = ("undefined", "defined", "aligned", "integrated")
    plan = {"name": "waiting", "scenario": "mid", "replications": 20, "tables": ["deals"], "design": {"kind": "list"}}
    points = [{"relationship": kind} for kind in kinds]
    study = sim.experiment(read_plan({**plan, "points": points}), store=ROOT / STORES / "waiting")
    study.figure("time_to_win").savefig(file, dpi=100, facecolor="white")


def of_decision(name: str) -> Callable[[Path], None]:
    """A picture of the decision of a mid-size firm, by the function that draws it."""

    def draw(file: Path) -> None:
        from sim.analysis import decision_figures

        found = file.with_suffix(".json")
        store = str(ROOT / STORES / "decide")
        made = [sys.executable, "-m", "sim", *DECIDED.split(), str(found), "--store", store]
        code = subprocess.run(made, check=False, cwd=ROOT).returncode
        if code not in (0, 3):  # 3: nothing is distinguishably better
            raise SystemExit(code)
        document = json.loads(found.read_text(encoding="utf-8"))
        getattr(decision_figures, name)(document).savefig(file, dpi=100, facecolor="white")
        found.unlink()

    return draw


MAP = ("map", "mid", "--goal", "profit", "--picture")
CAUSES = (
    "attribute mid --relationships undefined,integrated --by mechanisms --direct --outcome profit --replications 60"
)
DECIDED = "decide mid --budget 50k --format json --out"
RECIPES = (
    Recipe("performance.png", STORED, "docs/performance.json, which `make bench ARGS=--docs` measures", performance),
    Recipe("recovery.png", STORED, "docs/recovery.json, which `experiments/truth_recovery.py` measures", recovery),
    Recipe("calibrate.png", STORED, "docs/forecasts.json, which `experiments/public_forecasts.py` measures", calibrate),
    Recipe("type-map.png", STORED, f"`smarketing {' '.join(MAP)} FILE`, from experiments/map.json", command(*MAP)),
    Recipe(
        "dose.png",
        PLAN,
        "`smarketing experiment run dose_response --replications 40`, then the dose of disciplined_meetings by profit",
        of_study("dose_response", 40, "dose", outcome="profit", factor="interventions.disciplined_meetings.dose"),
    ),
    Recipe(
        "map.png",
        PLAN,
        "`smarketing experiment run contingency --replications 20`, then the map by profit",
        of_study("contingency", 20, "map", outcome="profit"),
    ),
    Recipe(
        "contingency-map-bookings_new.png",
        PLAN,
        "`smarketing experiment run contingency --replications 60`, then the map by new bookings",
        of_study("contingency", 60, "map", dpi=300, outcome="bookings_new"),
    ),
    Recipe("waiting.png", PLAN, "`mid` by relationship type, 20 replications with the table of deals", waiting),
    Recipe(
        "attribution.png",
        PLAN,
        f"`smarketing {CAUSES} --picture FILE`",
        command(*CAUSES.split(), "--store", str(STORES / "attribution"), "--picture"),
    ),
    Recipe("decide.png", PLAN, f"`smarketing {DECIDED} FILE`, then `draw_frontier`", of_decision("draw_frontier")),
    Recipe("decide-course.png", PLAN, f"`smarketing {DECIDED} FILE`, then `draw_course`", of_decision("draw_course")),
    Recipe("report.png", SCREEN, "`smarketing demo`, then results/demo/report.html, 1160 pixels wide"),
    Recipe(
        "check-your-data.png",
        SCREEN,
        "`python docs/examples/check_your_data.py .`, `smarketing calibrate practice.csv --check --report page.html`",
    ),
    Recipe("app-floor.png", SCREEN, "`smarketing app`, the page /, 1280 pixels wide"),
    Recipe("architecture.svg", HAND, "drawn by hand: the file itself is the source"),
    Recipe("model-conflict.svg", HAND, "drawn by hand: the file itself is the source"),
    Recipe("model-knows.svg", HAND, "drawn by hand: the file itself is the source"),
    Recipe("model-walk.svg", HAND, "drawn by hand: the file itself is the source"),
    Recipe("verification-flows.svg", CHECKS, "`make verify`"),
    Recipe("verification-luck.svg", CHECKS, "`make verify`"),
    Recipe("verification-queues.svg", CHECKS, "`make verify`"),
    Recipe("verification-recovery.svg", CHECKS, "`make verify`"),
    Recipe("app-compare.png", SCREEN, "`smarketing app`, the page /compare, 1280 pixels wide"),
)
HEAD = """# Pictures and how each was made

Every picture in `docs/images` has its recipe here. `make figures` draws those from data that are stored in the
repository, in seconds and the same to the pixel; `make figures ARGS=--plans` those of studies too, which it runs first,
`ARGS=dose.png` one alone. A study's picture that is older than today's results version comes out with today's numbers.
Pictures of pages are taken in a browser by hand. This page is written by `make figures`.

| picture | drawn from | how |
|---|---|---|
"""


def page(recipes: Sequence[Recipe] = RECIPES) -> str:
    """The text of docs/figures.md."""
    return HEAD + "".join(f"| [{one.picture}](images/{one.picture}) | {one.source} | {one.how} |\n" for one in recipes)


def main() -> None:
    """Draw, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--plans", action="store_true", help="run studies and draw their pictures too")
    parser.add_argument("pictures", nargs="*", help="only these")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    given = parser.parse_args()
    wanted = (STORED, PLAN) if given.plans else (STORED,)
    given.out.mkdir(parents=True, exist_ok=True)
    for one in RECIPES:
        is_wanted = one.picture in given.pictures if given.pictures else one.source in wanted
        if one.draw is not None and is_wanted:
            one.draw((given.out / one.picture).resolve())
            print(given.out / one.picture, flush=True)
    if given.out == IMAGES:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
