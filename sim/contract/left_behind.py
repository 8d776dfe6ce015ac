"""What a finished run leaves behind, as bytes: two runs are the same where these are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sim.domain.records import TABLES, World
from sim.engine.run import outcomes_of

#: Tables of work in progress and of events that are asked for; they say nothing that the others do not.
PASSING = ("desk", "links", "handed", "events")
#: What a run without any extension has: tables, and outcomes of our own.
OURS = ("people", "pairs", "leads", "journal", "incidents", "organization", "outcomes")


def parts(world: World) -> dict[str, bytes]:
    """The bytes of every table, rows in use only, of the organization and of all outcomes."""
    outcomes = outcomes_of(world).tobytes()
    used = {"leads": world.organization.n_leads, "incidents": world.organization.n_incidents}
    tables = {name: getattr(world, name)[: used.get(name)].tobytes() for name in TABLES if name not in PASSING}
    return {**tables, "organization": world.organization.tobytes(), "outcomes": outcomes}


def differing(one: World, other: World) -> list[str]:
    """Names of the `parts` in which two finished runs differ."""
    left, right = parts(one), parts(other)
    return [name for name in left if left[name] != right[name]]


def digests(world: World) -> dict[str, str]:
    """SHA-256 of each of `parts`."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in parts(world).items()}


def digest_of_world(world: World) -> str:
    """SHA-256 of all `parts` together."""
    return _digest(parts(world).values())


def own_digest(world: World) -> str:
    """Like `digest_of_world`, without what extensions add: their agents and outcomes."""
    found = parts(world)
    found["outcomes"] = found["outcomes"][: world.outcomes.nbytes]
    return _digest(found[name] for name in OURS)


def _digest(contents: Iterable[bytes]) -> str:
    content = hashlib.sha256()
    for each in contents:
        content.update(each)
    return content.hexdigest()
