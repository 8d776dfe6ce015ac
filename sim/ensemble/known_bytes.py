"""Whether this computer makes the same bytes: runs of shipped scenarios held against digests that are shipped too."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.domain.outcomes import OUTCOMES, RESULTS_VERSION
from sim.domain.records import World
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_relationship, with_values
from sim.spec.resolve import blueprint_of

#: Digests by run; renewed with `python -m sim.ensemble.known_bytes` when RESULTS_VERSION is raised.
KNOWN = Path(__file__).with_name("known_bytes.json")
#: Scenario, relationship type and seed of each run.
RUNS = (
    ("micro", "undefined", 1),
    ("micro", "integrated", 2),
    ("small", "aligned", 3),
    ("mid", "undefined", 4),
)
#: Measured days of each run, so that all of them take seconds.
DAYS = 130
#: Numbers are compared little-endian, however they are stored.
WIDE = {"i": "<i8", "u": "<u8", "f": "<f8", "b": "<i8"}


@dataclass(frozen=True)
class Compared:
    """A run and whether its bytes are those that are known.

    Parameters
    ----------
    run : str
        Scenario, type and seed.
    digest, known : str
        SHA-256 of what this computer made, and of what is known.
    """

    run: str
    digest: str
    known: str

    @property
    def is_equal(self) -> bool:
        """Whether every byte is the same."""
        return self.digest == self.known


def compare_bytes() -> list[Compared]:
    """Make every run of `RUNS` here and hold it against what is known."""
    known = json.loads(KNOWN.read_text(encoding="utf-8"))["runs"]
    return [Compared(name, digest, known.get(name, "")) for name, digest in fresh().items()]


def fresh() -> dict[str, str]:
    """Digest of each run, made here and now."""
    return {f"{name}, {kind}, seed {seed}": _digest(name, kind, seed) for name, kind, seed in RUNS}


def _digest(name: str, kind: str, seed: int) -> str:
    scenario = with_relationship(with_values(load_scenario(name), {"run.days": DAYS}), kind)
    return digest_of_world(simulate(blueprint_of(scenario), seed))


def digest_of_world(world: World) -> str:
    """SHA-256 of all outcomes and of all numbers of all leads, a column after the other."""
    values = outcomes_of(world)
    told = np.array([float(values[outcome.name]) for outcome in OUTCOMES], dtype="<f8")
    many = world.organization.n_leads
    content = hashlib.sha256(told.tobytes())
    for table in (world.leads, world.links, world.handed):
        for column in sorted(table.dtype.names):
            content.update(table[column][:many].astype(WIDE[table.dtype[column].base.kind]).tobytes())
    return content.hexdigest()


def platform_name() -> str:
    """System, machine, C library and Python of this computer, as the table of platforms names them."""
    libc = " ".join(part for part in platform.libc_ver() if part)
    return ", ".join(
        part for part in (platform.system(), platform.machine(), libc, f"Python {platform.python_version()}") if part
    )


def renew() -> dict[str, Any]:
    """What is stored of today's runs."""
    return {"results_version": RESULTS_VERSION, "runs": fresh()}


if __name__ == "__main__":
    KNOWN.write_text(json.dumps(renew(), indent=1) + "\n", encoding="utf-8")
