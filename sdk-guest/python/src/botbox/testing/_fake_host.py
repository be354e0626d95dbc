"""A host in memory: it remembers what a bot did, and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from botbox import _host
from botbox._event import chat_id
from botbox.testing import _types as types
from botbox.testing._fake_store import FakeBucket
from botbox.testing._fake_web import WebRequest

if TYPE_CHECKING:
    from botbox._bot import Bot
    from botbox._event import Event

_running: FakeHost | None = None


def current() -> FakeHost:
    """The host of the test that is running."""
    if _running is None:
        raise RuntimeError("outside of botbox there is no host: in a test, give events to the bot with FakeHost.send")
    return _running


@dataclass
class Sent:
    """Messages that the bot sent: ``via`` reply, push, multicast or broadcast, and ``to`` whom."""

    via: str
    to: list[str]
    messages: list[dict[str, Any]]


@dataclass
class Call:
    """A call of a capability, by the grant that it needs."""

    grant: str
    arguments: dict[str, Any]


@dataclass
class Timer:
    """A timer that the bot set, with its time in milliseconds since 1970."""

    id: str
    at: int
    payload: str


class _Stream:
    """Bytes on their way."""

    def __init__(self, content_type: str, data: bytes) -> None:
        self._type, self._data, self._at = content_type, data, 0

    def content_type(self) -> str:
        return self._type

    def content_length(self) -> int:
        return len(self._data)

    def read(self, max: int) -> bytes:
        piece = self._data[self._at : self._at + max]
        self._at += len(piece)
        return piece

    def __exit__(self, *args: Any) -> None:
        pass


class _Upload:
    """A medium that is being written."""

    def __init__(self, host: FakeHost, content_type: str) -> None:
        self._host, self._type, self._pieces = host, content_type, list[bytes]()

    def write(self, data: bytes) -> None:
        self._pieces.append(data)

    def finish(self) -> str:
        id = self._host._id("medium")
        self._host.contents[id] = (self._type, b"".join(self._pieces))
        return f"https://example.com/media/{id}"

    def __enter__(self) -> _Upload:
        return self

    def __exit__(self, *args: Any) -> None:
        pass


@dataclass
class FakeHost:
    """A host in memory.

    ``sent``, ``calls``, ``logged`` and ``timers`` say what the bot did. ``config``, ``profiles``, ``groups`` and
    ``contents`` say what there is, ``line`` answers ``call_line``, and ``web`` the requests of ``botbox.http``.
    """

    config: dict[str, str] = field(default_factory=dict)
    # Names of users and groups by their ids.
    profiles: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    # Content type and bytes by message ids.
    contents: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    # Answers a request with status, headers and body; without it, requests are refused as without a grant.
    web: Callable[[WebRequest], tuple[int, dict[str, str], bytes | str]] | None = None
    line: Callable[[str, str, Any], Any] = lambda method, path, body: {}
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    logged: list[tuple[str, str]] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    event: Any = None

    def __post_init__(self) -> None:
        self._failures: list[tuple[str, str, str]] = []
        self._buckets: dict[str, FakeBucket] = {}
        self._numbers = count(1)
        self._can_reply = False

    @property
    def texts(self) -> list[str]:
        """The texts that the bot sent, in order."""
        return [it["text"] for sent in self.sent for it in sent.messages if it["type"] == "text"]

    def send(self, bot: Bot, event: Event) -> None:
        """Gives the bot an event. Raises what the bot's handler raises."""
        global _running
        before, _running = _running, self
        self.event = event
        self._can_reply = event["replyState"] == "open"
        _host.begin_handling()
        try:
            bot.handle(event)
        finally:
            _running = before

    def run_timers(self, bot: Bot) -> None:
        """Gives the bot the timers that it set, in the order of their times."""
        from botbox.testing import events

        due, self.timers = sorted(self.timers, key=lambda it: it.at), []
        for timer in due:
            made = events.timer(timer.payload, webhookEventId=timer.id, timestamp=timer.at)
            self.send(bot, {**made, "source": self.event.get("source")} if self.event else made)

    def fail(self, grant: str, kind: str, message: str | None = None) -> None:
        """Has the next call of a grant's fail."""
        self._failures.append((grant, kind, message or f"the test wants {kind}"))

    def bucket(self, name: str) -> FakeBucket:
        """A bucket, to look into it or to fill it."""
        return self._buckets.setdefault(name, FakeBucket())

    def value(self, bucket: str, key: str) -> Any:
        """The JSON value of a key in a bucket."""
        value = self.bucket(bucket).get(key)
        return None if value is None else json.loads(value)

    # What the bindings call.

    def _called(self, grant: str, **arguments: Any) -> None:
        self.calls.append(Call(grant, arguments))
        for index, (of, kind, message) in enumerate(self._failures):
            if of == grant:
                del self._failures[index]
                if grant == "keyvalue":
                    raise types.Err(types.Error_AccessDenied() if kind == "denied" else types.Error_Other(message))
                raise self._error(kind, message)

    def _error(self, kind: str, message: str) -> types.Err:
        return types.Err(types.CallError(types.ErrorKind[kind.upper().replace("-", "_")], message))

    def _reply(self, messages: list[types.Message]) -> list[types.SentMessage]:
        if not self._can_reply:
            raise self._error("expired", "the event can't be replied to (any more)")
        self._can_reply = False
        return self._deliver("reply", [], messages)

    def _reply_or_push(self, messages: list[types.Message]) -> types.Delivery:
        if self._can_reply:
            return types.Delivery("reply", self._reply(messages))
        return types.Delivery("push", self._deliver("push", [chat_id(self.event) or ""], messages))

    def _deliver(self, via: str, to: list[str], messages: list[types.Message]) -> list[types.SentMessage]:
        if not 1 <= len(messages) <= 5:
            raise self._error("invalid", f"a request has 1 to 5 messages, not {len(messages)}")
        self.sent.append(Sent(via, to, [json.loads(it.body.value) for it in messages]))
        return [types.SentMessage(self._id("message")) for _ in messages]

    def _content(self, message_id: str) -> _Stream:
        if message_id not in self.contents:
            raise self._error("not-found", f"the message {message_id} has no content")
        return _Stream(*self.contents[message_id])

    def _upload(self, content_type: str) -> _Upload:
        return _Upload(self, content_type)

    def _schedule(self, at: int, payload: str) -> str:
        timer = Timer(self._id("timer"), at, payload)
        self.timers.append(timer)
        return timer.id

    def _cancel(self, id: str) -> bool:
        before = len(self.timers)
        self.timers = [it for it in self.timers if it.id != id]
        return len(self.timers) < before

    def _line_api(self, request: types.Request) -> types.Response:
        body = json.loads(request.body) if request.body else None
        answer = self.line(request.method, request.path, body)
        return types.Response(200, "application/json", json.dumps(answer).encode())

    def _id(self, what: str) -> str:
        return f"{what}-{next(self._numbers)}"
