"""The draws of a study in its store, so that it can be gone on with and made again without their own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.domain.errors import InputError, Told
from sim.ensemble.store import POSTERIOR, Store
from sim.spec.posterior import Posterior

if TYPE_CHECKING:
    import pyarrow as pa


def posterior_table(posterior: Posterior | None) -> pa.Table | None:
    """A posterior as a table: a row per draw, in their order."""
    import pyarrow as pa

    if posterior is None:
        return None
    columns = zip(*posterior.rows, strict=True)
    return pa.table({name: pa.array(values) for name, values in zip(posterior.columns, columns, strict=True)})


def posterior_from(store: Store) -> Posterior | None:
    """The posterior of a store; None where its study has none.

    Raises
    ------
    InputError
        If it has one, and its file is missing or damaged.
    """
    about = store.record["provenance"].get("posterior")
    if about is None:
        return None
    table = store.posterior()
    if table is None:
        mend = f"`smarketing experiment run PLAN --store {store.folder}` writes it anew and keeps all runs."
        raise InputError(
            str(store.folder / POSTERIOR), "must be as it was written", Told("a file that is missing or changed"), mend
        )
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return Posterior(about["file"], tuple(table.column_names), tuple(rows))
