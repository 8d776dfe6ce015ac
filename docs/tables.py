"""Write what the documentation takes from the code: JSON Schemas. Run ``python docs/tables.py``; a test compares.

Nothing of the product imports this file.
"""

from __future__ import annotations

import json
from pathlib import Path

from sim.ensemble.schema import RESULTS, schema_of
from sim.spec.schema import KINDS

DOCS = Path(__file__).parent


def schema_files() -> dict[Path, str]:
    """JSON Schemas by file."""
    kinds = (*KINDS, *RESULTS)
    return {
        DOCS / "schemas" / f"{kind}.schema.json": json.dumps(schema_of(kind), indent=1, ensure_ascii=False) + "\n"
        for kind in kinds
    }


def write() -> None:
    """Write every file that is not as it should be, and say so."""
    for path, text in schema_files().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    write()
