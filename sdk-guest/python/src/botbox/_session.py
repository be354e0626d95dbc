"""What the bot remembers of a user in a chat, and conversations of several steps made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botbox._event import Event, chat_id, user_id
from botbox._store import Bucket

Step = Callable[[Event, dict[str, Any]], str | None]


class Sessions:
    """Values by user and chat, in a bucket of their own."""

    def __init__(self, name: str) -> None:
        self._bucket: Bucket[Any] = Bucket(name)

    def get(self, event: Event, default: Any = None) -> Any:
        """What is remembered of who acted, where they did."""
        return self._bucket.get(_key(event), default)

    def set(self, event: Event, value: Any) -> None:
        """Remembers it."""
        self._bucket.set(_key(event), value)

    def clear(self, event: Event) -> None:
        """Forgets it."""
        self._bucket.delete(_key(event))


class Conversation:
    """A conversation of several steps: a small state machine for each user in each chat.

    A step is a function that handles an event and returns the next step's name, or None at the end::

        order = Conversation("order")
        bot.use(order.middleware)

        @order.step
        def size(event, data):
            data["size"] = event["message"]["text"]
            reply("How many?")
            return "amount"
    """

    def __init__(self, name: str) -> None:
        self._sessions = Sessions(name)
        self._steps: dict[str, Step] = {}

    def step(self, step: Step) -> Step:
        """A step, by the function's name."""
        self._steps[step.__name__] = step
        return step

    def start(self, event: Event, step: str, data: dict[str, Any] | None = None) -> None:
        """Begins: the user's next event goes to this step."""
        self._sessions.set(event, {"step": step, "data": data or {}})

    def cancel(self, event: Event) -> None:
        """Ends before its time."""
        self._sessions.clear(event)

    def middleware(self, event: Event, next: Callable[[], None]) -> None:
        """Gives messages and postbacks of users in the conversation to its step, and others to the bot."""
        takes_part = event["type"] in ("message", "postback") and user_id(event) is not None
        state = self._sessions.get(event) if takes_part else None
        if state is None:
            next()
            return
        step = self._steps[state["step"]](event, state["data"])
        if step is None:
            self._sessions.clear(event)
        else:
            self._sessions.set(event, {"step": step, "data": state["data"]})


def _key(event: Event) -> str:
    return f"{chat_id(event) or '-'}/{user_id(event) or '-'}"
