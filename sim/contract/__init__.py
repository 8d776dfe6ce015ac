"""What an extension must keep: rules for kernels, invariants, and the tests that a package inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.contract.suite import ExtensionContract

__all__ = ["ExtensionContract"]


def __getattr__(name: str) -> Any:
    """The suite, which needs pytest, when it is asked for."""
    if name == "ExtensionContract":
        from sim.contract.suite import ExtensionContract

        return ExtensionContract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
