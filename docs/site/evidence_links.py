"""E51 in a text leads to row E51 of the evidence: rows have anchors, and an id that is nowhere there is a warning.

An id without a row of its own leads to the first paragraph that speaks of it.

Works on the parsed pages, so the Markdown stays plain.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

HOME = "evidence"
ID = re.compile(r"\b[ES]\d{2,3}\b")
NOT_TEXT = (nodes.reference, nodes.literal, nodes.literal_block, nodes.title, nodes.raw, nodes.comment)

warn = logging.getLogger(__name__).warning


class Rows(SphinxTransform):
    """Rows of the evidence whose first cell is an id are named by it."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        """Name rows."""
        if self.env.docname != HOME:
            return
        known = self.env.metadata[HOME].setdefault("evidence_ids", set())
        for row in self.document.findall(nodes.row):
            name = row[0].astext().strip()
            if ID.fullmatch(name):
                row["ids"].append(name)
                known.add(name)
        for paragraph in [node for node in self.document.findall(nodes.paragraph) if _is_running(node)]:
            for name in sorted({*ID.findall(paragraph.astext())} - known):
                paragraph["ids"].append(name)
                known.add(name)


class Links(SphinxPostTransform):
    """Ids in running text become links to their rows."""

    default_priority = 200

    def run(self, **_: Any) -> None:
        """Link ids."""
        if self.env.docname == HOME:
            return
        known = self.env.metadata[HOME].get("evidence_ids", set())
        for text in [node for node in self.document.findall(nodes.Text) if ID.search(node) and not _is_inside(node)]:
            text.parent.replace(text, list(self.linked(text, known)))

    def linked(self, text: nodes.Text, known: set[str]) -> Any:
        """Parts of a text, ids as links."""
        end = 0
        for found in ID.finditer(text):
            yield nodes.Text(text[end : found.start()])
            end = found.end()
            if found[0] not in known:
                warn("the evidence does not have %s", found[0], location=text.parent)
                yield nodes.Text(found[0])
                continue
            address = self.app.builder.get_relative_uri(self.env.docname, HOME) + f"#{found[0]}"
            yield nodes.reference("", found[0], internal=True, refuri=address, classes=["evidence"])
        yield nodes.Text(text[end:])


def _is_running(paragraph: nodes.Element) -> bool:
    """Whether a paragraph stands outside tables."""
    return not isinstance(paragraph.parent, nodes.entry)


def _is_inside(node: nodes.Node) -> bool:
    """Whether a text stands in a link, in code or in a heading."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, NOT_TEXT):
            return True
    return False


def setup(app: Any) -> dict[str, bool]:
    """Sphinx asks every extension for this."""
    app.add_transform(Rows)
    app.add_post_transform(Links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
