"""What a user has made on the pages: scenarios of one's own, kept in a folder that survives the server."""

from __future__ import annotations

import os
from pathlib import Path

from sim.domain.errors import InputError, did_you_mean
from sim.spec.catalogue import load_scenario
from sim.spec.scenario import Scenario

#: Names another folder, for a class or for tests.
FOLDER = "SMARKETING_WORK"


def folder() -> Path:
    """Where it lies."""
    import platformdirs

    return Path(os.environ.get(FOLDER) or platformdirs.user_data_dir("smarketing", appauthor=False)) / "work"


def own_names() -> list[str]:
    """Names of one's own scenarios."""
    return sorted(file.stem for file in folder().glob("my-*.toml"))


def own_scenario(name: str) -> Scenario:
    """One's own scenario by its name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in own_names():
        raise InputError("scenario", "there is no such scenario of your own", name, did_you_mean(name, own_names()))
    return load_scenario(folder() / f"{name}.toml")
