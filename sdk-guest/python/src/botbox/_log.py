"""``logging``, to the host's log. ``print`` goes there by itself."""

from __future__ import annotations

import logging

from botbox import _host
from wit_world.imports import logging as host

_LEVELS = {"DEBUG": host.Level.DEBUG, "INFO": host.Level.INFO, "WARNING": host.Level.WARN,
           "ERROR": host.Level.ERROR, "CRITICAL": host.Level.CRITICAL}


def log(level: str, name: str, message: str) -> None:
    """Writes a line to the host's log. What is logged while the bot is built goes nowhere."""
    if _host.is_handling():
        host.log(_LEVELS.get(level, host.Level.DEBUG), name, message)


class HostHandler(logging.Handler):
    """Gives records to the host, which has the last word on what is kept."""

    def emit(self, record: logging.LogRecord) -> None:
        log(record.levelname, record.name, self.format(record))


def install() -> None:
    """Has the root logger write to the host's log."""
    root = logging.getLogger()
    root.addHandler(HostHandler())
    root.setLevel(logging.DEBUG)
