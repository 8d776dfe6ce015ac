"""Where a result comes from: identity of what was run, and with what."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.domain.declarations import AddedAgent
from sim.domain.errors import InputError
from sim.domain.extensions import extension_named, extensions
from sim.domain.outcomes import RESULTS_VERSION
from sim.spec.plan import Plan, posterior_in
from sim.spec.posterior import PER_DRAW, Posterior
from sim.spec.resolve import agents_used, practice_levels, steps
from sim.spec.scenario import Scenario

SCHEMA = 1
#: What a scenario says for people only, what stands in the resolved levels and steps, and a file whose content counts.
SHOWN_ONLY = {"name", "description", "currency", "fiscal_year_start", "presets", "sources", "posterior"} | {
    "interventions",
    "timeline",
    "catalogue",
}
LIBRARIES = ("llvmlite", "numba", "numpy", "pydantic", "scipy")


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Everything that shapes a scenario's results, defaults filled in; what is only shown is left out."""
    content = scenario.model_dump(mode="json", exclude=SHOWN_ONLY)
    content["practices"] = practice_levels(scenario)
    content["steps"] = steps(scenario)
    if used := agents_used(content["steps"]):
        content["agents"] = {f"{agent.package}:{agent.name}": _identity_of(agent) for agent, _ in used}
    for table in ("sources", "segments"):
        for row in content["market"][table]:
            del row["name"]
            row.pop("relative_cost", None)
    return content


def _identity_of(agent: AddedAgent) -> dict[str, Any]:
    """What of an agent of an extension shapes results."""
    values = {each.name: each.default for each in agent.parameters}
    return {"results_version": extension_named(agent.package).results_version, "parameters": values}


def digest_of(scenario: Scenario, seed: int) -> str:
    """Identity of a scenario with a seed: SHA-256 of canonical JSON, 64 hex digits.

    Comments, names and the version of the software do not count; RESULTS_VERSION does.
    """
    return _digest({"scenario": resolved(scenario)}, seed)


def study_digest(scenarios: Iterable[Scenario], seed: int, drawn_from: dict[str, Any] | None = None) -> str:
    """Identity of a study: like `digest_of`, of all its points in their order; more replications are the same study.

    ``drawn_from`` is what a posterior adds: its digest, and what each point sets over what was drawn.
    """
    return _digest({"points": [resolved(scenario) for scenario in scenarios], **(drawn_from or {})}, seed)


def _drawn_from(posterior: Posterior | None) -> dict[str, str]:
    """What a posterior adds to an identity; nothing where there is none."""
    return {} if posterior is None else {"posterior": posterior.digest}


def about_posterior(posterior: Posterior, replications: int) -> dict[str, Any]:
    """What a result says of its posterior, with the draws that so many replications have used."""
    n_used = min(posterior.n_draws, -(-replications // PER_DRAW))
    return {**posterior.about(), "used": [list(row) for row in posterior.rows[:n_used]]}


def posterior_used(about: dict[str, Any]) -> Posterior:
    """The draws that a result has used, as its record has them: they make the same runs as the whole posterior."""
    return Posterior(about["file"], tuple(about["columns"]), tuple(tuple(row) for row in about["used"]))


def plan_content(plan: Plan, base: Scenario) -> dict[str, Any]:
    """Everything that shapes a study's results, with the resolved scenario in the place of its name."""
    shown = {"name", "description", "scenario", "posterior", "on_error"}
    content = {**plan.model_dump(mode="json", exclude=shown), "scenario": resolved(base)}
    return content | _drawn_from(posterior_in(plan))


def plan_digest(plan: Plan, base: Scenario) -> str:
    """Identity of a plan: like `digest_of`, of all that it varies, runs and keeps."""
    return _digest({"plan": plan_content(plan, base)}, plan.seed)


def _digest(what: dict[str, Any], seed: int) -> str:
    content = {**what, "seed": seed, "results_version": RESULTS_VERSION}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _installed(name: str) -> str:
    """Version of a library; to look it up reads a file each time."""
    return metadata.version(name)


def version() -> str:
    """Version of the software."""
    return _installed("smarketing")


def commit() -> str | None:
    """Commit of a checkout or of a worktree of one, or None for an installed package."""
    git = Path(__file__).parent.parent.parent / ".git"
    try:
        if git.is_file():  # a worktree
            git = git.parent / git.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        reference, shared = head.removeprefix("ref: "), git / "commondir"
        git = git / shared.read_text(encoding="utf-8").strip() if shared.is_file() else git
        if (git / reference).is_file():
            return (git / reference).read_text(encoding="utf-8").strip()
        packed = (git / "packed-refs").read_text(encoding="utf-8").splitlines()
        return next((line.split()[0] for line in packed if line.endswith(reference)), None)
    except OSError:
        return None


def provenance_of(scenario: Scenario, seed: int, **more: Any) -> dict[str, Any]:
    """The record that goes with every result; timings are added apart, under ``timings``.

    A study gives its own ``digest``, which covers its plan or its points.
    """
    return {
        "schema": SCHEMA,
        "software": "smarketing",
        "version": version(),
        "commit": commit(),
        "results_version": RESULTS_VERSION,
        "scenario_name": scenario.name,
        "scenario": scenario.model_dump(mode="json"),
        "digest": digest_of(scenario, seed),
        "seed": seed,
        **more,
        "python": platform.python_version(),
        "libraries": {name: _installed(name) for name in LIBRARIES},
        **({"extensions": [each.about for each in extensions()]} if extensions() else {}),
    }


def check_results_version(provenance: dict[str, Any], field: str) -> None:
    """Make sure that a result was made with the results of today's version, which alone can make it again.

    Raises
    ------
    InputError
        If it was not, naming the version to install.
    """
    made = provenance["results_version"]
    if made == RESULTS_VERSION:
        return
    made_at, made_by = provenance.get("commit"), provenance["version"]
    if made_by != version():
        checkout = f", at commit {made_at[:12]} of a checkout" if made_at else ""
        mend = f"Install the version that made it: pip install 'smarketing=={made_by}'{checkout}."
    elif made_at:
        mend = f"Check out what made it: commit {made_at[:12]}, between two releases. Or run it anew."
    else:
        mend = f"It was made by an earlier state of {made_by} that its record does not name: run it anew."
    raise InputError(field, f"must be of results version {RESULTS_VERSION} to be made again", made, mend)
