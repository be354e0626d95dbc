"""The types of the host's bindings, as far as the SDK uses them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Err(Exception):
    """What a call of the host failed with."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


class ErrorKind(Enum):
    """Of `errors`."""

    DENIED = 0
    STANDBY = 1
    INVALID = 2
    RATE_LIMITED = 3
    QUOTA_EXCEEDED = 4
    NOT_FOUND = 5
    EXPIRED = 6
    UNAVAILABLE = 7
    OTHER = 8


class Level(Enum):
    """Of `logging`."""

    TRACE = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    CRITICAL = 5


@dataclass
class CallError:
    """Of `errors`."""

    kind: ErrorKind
    message: str
    details: list[Any] = field(default_factory=list)
    request_id: str | None = None


@dataclass
class MessageBody_RawJson:
    """Of `messages`."""

    value: str


@dataclass
class Message:
    """Of `messages`."""

    body: MessageBody_RawJson
    quick_reply: list[Any]
    sender: Any


@dataclass
class SentMessage:
    """Of `messages`."""

    id: str
    quote_token: str | None = None


@dataclass
class Delivery:
    """Of `reply`."""

    via: str
    messages: list[SentMessage]


@dataclass
class UserProfile:
    """Of `users`."""

    user_id: str
    display_name: str = "User"
    picture_url: str | None = None
    status_message: str | None = None
    language: str | None = None


@dataclass
class GroupSummary:
    """Of `group`."""

    group_id: str
    group_name: str = "Group"
    picture_url: str | None = None


@dataclass
class Request:
    """Of `line-api`."""

    method: str
    path: str
    content_type: str | None
    body: bytes


@dataclass
class Response:
    """Of `line-api`."""

    status: int
    content_type: str | None
    body: bytes
    request_id: str | None = None


@dataclass
class KeyResponse:
    """Of `wasi:keyvalue/store`."""

    keys: list[str]
    cursor: str | None


class Error_AccessDenied:
    """Of `wasi:keyvalue/store`."""


class Error_NoSuchStore:
    """Of `wasi:keyvalue/store`."""


@dataclass
class Error_Other:
    """Of `wasi:keyvalue/store`."""

    value: str


@dataclass
class CasError_CasFailed:
    """Of `wasi:keyvalue/atomics`."""

    value: Any


class Failure_Retry(Exception):
    """Of `handler`."""


class Failure_Reject(Exception):
    """Of `handler`."""
