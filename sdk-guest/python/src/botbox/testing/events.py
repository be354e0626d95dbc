"""Events as LINE sends them, for unit tests. Keywords change what all events have, such as ``mode``."""

from __future__ import annotations

from itertools import count
from typing import Any

from botbox._event import Event

# A user's id, of whom events are unless they say otherwise.
USER = "U00000000000000000000000000000001"

_numbers = count(1)


def event(type: str, own: dict[str, Any] | None = None, **circumstances: Any) -> Event:
    """Any event, by its type and what it has of its own."""
    number = next(_numbers)
    made: dict[str, Any] = {
        "type": type,
        "webhookEventId": f"event-{number}",
        "timestamp": 1_800_000_000_000 + number,
        "mode": "active",
        "source": {"type": "user", "userId": USER},
        "deliveryContext": {"isRedelivery": False},
        "attempt": 1,
        "replyState": "open",
    }
    return {**made, **(own or {}), **circumstances}  # type: ignore[return-value]


def text(text: str, **circumstances: Any) -> Event:
    """A text."""
    return message({"type": "text", "text": text}, **circumstances)


def message(message: dict[str, Any], **circumstances: Any) -> Event:
    """Any message. Its id is made, unless it has one."""
    return event("message", {"message": {"id": f"received-{next(_numbers)}", **message}}, **circumstances)


def follow(**circumstances: Any) -> Event:
    """A user becomes a friend."""
    return event("follow", {"follow": {"isUnblocked": False}}, **circumstances)


def postback(data: str, params: dict[str, str] | None = None, **circumstances: Any) -> Event:
    """A user chooses a postback action."""
    own = {"data": data} if params is None else {"data": data, "params": params}
    return event("postback", {"postback": own}, **circumstances)


def timer(payload: str, **circumstances: Any) -> Event:
    """A timer comes."""
    return event("botbox.timer", {"timer": {"payload": payload}}, **{"replyState": "none", **circumstances})
