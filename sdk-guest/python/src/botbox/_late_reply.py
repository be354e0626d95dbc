"""Answers that may come too late. In a module of its own, because they need the grant ``push``, too."""

from __future__ import annotations

from typing import Any

from botbox._host import call, optional, text
from botbox._messages import Messages, to_host
from wit_world.imports import reply as host


def reply_or_push(
    messages: Messages,
    *,
    notification_disabled: bool = False,
    idempotency_key: str | None = None,
) -> Any:
    """The same while the event can be replied to; afterwards the messages are pushed to its chat.

    For bots that need longer than a minute. Sends of an event with the same ``idempotency_key`` go out once,
    whatever they say: for texts that differ between attempts, such as a language model's.
    """
    sent = to_host(messages)
    key = optional(text, idempotency_key, "an idempotency key")
    with call():
        return host.reply_or_push(sent, bool(notification_disabled), key)
