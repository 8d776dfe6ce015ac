"""How the documentation site is built: `make site`. Nothing is fetched, neither when building nor when reading."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

project = "smarketing"
author = "The smarketing authors"
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "docs.site.root_pages",
    "docs.site.evidence_links",
]
source_suffix = {".md": "markdown", ".ipynb": "markdown"}
exclude_patterns = ["site", "schemas", "images"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
suppress_warnings = ["myst.xref_not_included"]

# --- Python reference -------------------------------------------------------------------------------------------------

autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

# --- Looks ------------------------------------------------------------------------------------------------------------

html_theme = "furo"
html_title = "smarketing"
html_static_path = ["static"]
html_css_files = ["look.css"]
html_js_files = ["reach.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # summaries are fetched, which a page opened as a file may not do
html_permalinks_icon = "#"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b5c8a",
        "color-brand-content": "#0b5c8a",
        "color-brand-visited": "#6a4c93",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6db9e8",
        "color-brand-content": "#6db9e8",
        "color-brand-visited": "#b79ae0",
    },
}
copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = "$ "
