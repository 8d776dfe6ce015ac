"""Analyses of made-up studies and of a small run say what they said: what moves is told in the commit that moves it."""

from __future__ import annotations

import pytest

from tests.golden.analyses import CASES, moved

MOVED = """
{name} no longer says what is stored: {paths}. If that was not meant, find the cause. If it was, renew with
"python -m tests.golden.analyses", and say in the commit what moved and why."""


@pytest.mark.parametrize("name", CASES)
def test_an_analysis_says_what_it_said(name: str) -> None:
    paths = moved(name)
    assert not paths, MOVED.format(name=name, paths=", ".join(paths[:5]))
