"""Messages that nobody asked for. They count against the account's monthly quota."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botbox._host import call, optional, text
from botbox._messages import Messages, to_host
from wit_world.imports import push as host


def push(
    to: str,
    messages: Messages,
    *,
    notification_disabled: bool = False,
    custom_aggregation_unit: str | None = None,
    idempotency_key: str | None = None,
) -> list[Any]:
    """Sends 1 to 5 messages to a user, group or room by its id."""
    text(to, "the recipient of a push")
    sent = to_host(messages)
    unit = optional(text, custom_aggregation_unit, "an aggregation unit")
    key = optional(text, idempotency_key, "an idempotency key")
    with call():
        return host.push_message(to, sent, bool(notification_disabled), unit, key)


def multicast(
    to: Iterable[str],
    messages: Messages,
    *,
    notification_disabled: bool = False,
    custom_aggregation_unit: str | None = None,
    idempotency_key: str | None = None,
) -> str:
    """Sends 1 to 5 messages to 1 to 500 users by their ids. Returns the id of the request."""
    users = [text(user, "a recipient of a multicast") for user in to]
    sent = to_host(messages)
    unit = optional(text, custom_aggregation_unit, "an aggregation unit")
    key = optional(text, idempotency_key, "an idempotency key")
    with call():
        return host.multicast(users, sent, bool(notification_disabled), unit, key)


def broadcast(
    messages: Messages,
    *,
    notification_disabled: bool = False,
    idempotency_key: str | None = None,
) -> str:
    """Sends 1 to 5 messages to all friends. Returns the id of the request."""
    sent = to_host(messages)
    key = optional(text, idempotency_key, "an idempotency key")
    with call():
        return host.broadcast(sent, bool(notification_disabled), key)
