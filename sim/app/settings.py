"""How Solara is set: by environment variables, which it reads once, when it is imported."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

#: What a session's page may have lost its connection for, before the session is ended (a phone that slept, say).
PATIENCE = "10m"

#: Held against whatever the user's own environment says: the app is closed, and nothing leaves the machine.
FIXED = {
    "SOLARA_APP": "sim.app.entrance",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_TELEMETRY_SERVER_USER_ID": "none",  # else one is drawn and kept in the home folder
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # never asked: the guard serves what is installed, and nothing else
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "smarketing",
    "SOLARA_THEME_VARIANT": "auto",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "SOLARA_STATE_TEST_EVICTION": "false",
    # Writing frames past the event loop spares some of the work, but the thread of a session would write to the
    # number of a socket that may meanwhile belong to somebody else.
    "SOLARA_SERVER_SYNC_WS_WRITE": "false",
}


def set_up() -> None:
    """Put the settings into the environment; it must happen before Solara is imported for the first time."""
    os.environ.update(FIXED)
    os.environ.setdefault("SOLARA_KERNEL_CULL_TIMEOUT", PATIENCE)
    os.environ["SOLARA_HOME"] = str(Path(platformdirs.user_cache_dir("smarketing", appauthor=False)) / "solara")
