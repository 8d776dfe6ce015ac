"""The contract that every extension of smarketing keeps; the tests are inherited."""

from __future__ import annotations

from sim.contract import ExtensionContract


class TestContract(ExtensionContract):
    """Sales development reps keep the contract."""

    package = "smarketing-sdr"
