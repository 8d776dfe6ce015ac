"""What several tests stand on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.spec import catalogue


@pytest.fixture
def own_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped folder that may be changed."""
    folder = tmp_path / "scenarios"
    shutil.copytree(catalogue.shipped(), folder)
    monkeypatch.setattr(catalogue, "shipped", lambda: folder)
    read = (catalogue.interventions, catalogue.relationships, catalogue.organizations, catalogue.markets)
    for table in read:
        table.cache_clear()
    yield folder
    for table in read:
        table.cache_clear()
