"""What the operator configured for the bot, in ``[channels.config]``."""

from __future__ import annotations

from botbox._host import check, text
from wit_world.imports import wasi_config_store as host


def config(key: str, default: str | None = None) -> str | None:
    """The value of a key."""
    check()
    value = host.get(text(key, "a configuration's key"))
    return default if value is None else value
