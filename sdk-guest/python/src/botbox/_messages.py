"""Messages as the host takes them: LINE's own JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from botbox._host import described
from wit_world.imports.messages import Message, MessageBody_RawJson

# One message or several, at most 5; a str is a text.
Messages = str | dict[str, Any] | Sequence[str | dict[str, Any]]


def to_host(messages: Messages) -> list[Message]:
    """The messages of a request."""
    many = messages if isinstance(messages, (list, tuple)) else [messages]
    return [Message(MessageBody_RawJson(json.dumps(_object(it), ensure_ascii=False)), [], None) for it in many]


def _object(message: Any) -> dict[str, Any]:
    if isinstance(message, str):
        return {"type": "text", "text": message}
    if isinstance(message, dict):
        return message
    raise TypeError(f"a message is a str or one of LINE's message objects, not {described(message)}")
