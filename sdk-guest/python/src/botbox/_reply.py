"""Answers."""

from __future__ import annotations

from typing import Any

from botbox._host import call
from botbox._messages import Messages, to_host
from wit_world.imports import reply as host


def reply(messages: Messages, *, notification_disabled: bool = False) -> list[Any]:
    """Answers the event that is being handled, once, with 1 to 5 messages. Replies cost nothing."""
    sent = to_host(messages)
    with call():
        return host.reply_message(sent, bool(notification_disabled))
