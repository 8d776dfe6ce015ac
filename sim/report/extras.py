"""Whether what only some commands need is installed."""

from __future__ import annotations

from importlib import metadata

#: What the extra "app" brings, and what of it must not be newer: solara-assets carries the front end of Vue 2 only.
APP = "solara-assets solara-server solara-ui starlette uvicorn websockets".split()
FRONT_END = "ipyvue ipyvuetify".split()


def app_lacks() -> str:
    """What `smarketing app` needs and is not installed, in the words of an installer; empty if nothing is missing."""
    lacking = [name for name in APP if not _is_installed(name)]
    return ", ".join(lacking + [f"{name}<3" for name in FRONT_END if not _is_installed(name, before="3")])


def _is_installed(name: str, before: str = "") -> bool:
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return not before or int(found.split(".")[0]) < int(before)
