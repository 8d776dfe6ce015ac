"""Pages of the site whose text lies outside docs/, and links from pages to them.

README, changelog and others are read where they are: the page in docs/ is a stub for readers of the repository, and its
text is taken from the file here. A link to such a file, from any page, leads to its page.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

#: Page of the site: file of the repository whose text it shows.
SHOWN = {
    "explanation/overview": "README.md",
    "project/changelog": "CHANGELOG.md",
    "project/contributing": "CONTRIBUTING.md",
    "project/security": "SECURITY.md",
    "how-to/extension-example": "examples/smarketing-sdr/README.md",
    "reference/plans": "experiments/README.md",
    "explanation/funnel-benchmark": "benchmarks/funnel/README.md",
}

#: Pages with another title than their files have, because that one is taken.
TITLES = {"explanation/overview": "Overview", "reference/plans": "Shipped studies"}

#: Folders that a page lists, as links of the repository name them.
FOLDERS = {f"docs/{name}": f"{name}/index" for name in "decisions examples how-to notebooks teaching tutorials".split()}

#: Where pages of a folder go that no table of contents names: page of the site, and folder within docs/.
REST = {
    "tutorials/index": "tutorials",
    "how-to/index": "how-to",
    "explanation/index": ".",
    "reference/index": "reference",
}

LINK = re.compile(r"(?P<start>\]\()(?P<target>[^)\s#:]+)(?P<anchor>#[^)\s]*)?\)")


def relinked(text: str, folder: str, page: str) -> str:
    """Text whose links, written for a folder of the repository, lead from a page of the site.

    Parameters
    ----------
    text : str
        Markdown.
    folder : str
        For which its links were written, from the root of the repository: ``""`` is the root.
    page : str
        Name of the page in the site, without ending.

    Examples
    --------
    >>> relinked("[how](docs/odd.md#tables) [why](CHANGELOG.md)", "", "explanation/overview")
    '[how](../odd.md#tables) [why](../project/changelog.md)'
    """
    pages = {file: f"docs/{name}.md" for name, file in SHOWN.items()}
    pages |= {name: f"docs/{index}.md" for name, index in FOLDERS.items()}
    here = posixpath.dirname(f"docs/{page}")

    def led(found: re.Match[str]) -> str:
        file = posixpath.normpath(posixpath.join(folder, found["target"]))
        target = posixpath.relpath(pages.get(file, file), here)
        return f"{found['start']}{target}{found['anchor'] or ''})"

    return LINK.sub(led, text)


def unlisted(folder: Path, within: str) -> list[str]:
    """Pages of a folder that no index names, in their order, so that no page is lost.

    Parameters
    ----------
    folder : Path
        The documentation.
    within : str
        Folder in it.
    """
    named = {
        posixpath.normpath(posixpath.join(index.parent.relative_to(folder).as_posix(), line))
        for index in folder.rglob("index.md")
        for block in re.findall(r"```{toctree}\n(.*?)```", index.read_text(encoding="utf-8"), flags=re.DOTALL)
        for line in block.split()
    }
    pages = [path.relative_to(folder).with_suffix("").as_posix() for path in sorted((folder / within).glob("*.md"))]
    return [page for page in pages if page not in named and posixpath.basename(page) != "index"]


def more(page: str) -> str:
    """What an index lists beside what it names."""
    rest = unlisted(ROOT / "docs", REST[page]) if page in REST else []
    return "\n## More\n\n```{toctree}\n:maxdepth: 1\n\n/" + "\n/".join(rest) + "\n```\n" if rest else ""


def told(notebook: str) -> str:
    """A notebook as Markdown: its texts, and its code in blocks."""
    cells = json.loads(notebook)["cells"]
    parts = [("".join(cell["source"]), cell["cell_type"] == "code") for cell in cells]
    return "\n\n".join(f"```python\n{text}\n```" if is_code else text for text, is_code in parts) + "\n"


def read(app: Any, page: str, source: list[str]) -> None:
    """Take the text of a page from where it lies, and lead its links."""
    file = SHOWN.get(page)
    if app.env.doc2path(page).suffix == ".ipynb":
        source[0] = told(source[0])
    if file is None:
        source[0] = relinked(source[0], posixpath.dirname(f"docs/{page}"), page) + more(page)
        return
    app.env.note_dependency(str(ROOT / file))
    text = relinked((ROOT / file).read_text(encoding="utf-8"), posixpath.dirname(file), page)
    source[0] = re.sub(r"\A# .*", f"# {TITLES[page]}", text) if page in TITLES else text


def setup(app: Any) -> dict[str, bool]:
    """Sphinx asks every extension for this."""
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
