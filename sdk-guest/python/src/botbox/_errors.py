"""What goes wrong."""

from __future__ import annotations

from typing import Literal, TypedDict

ErrorKind = Literal[
    "denied",
    "standby",
    "invalid",
    "rate-limited",
    "quota-exceeded",
    "not-found",
    "expired",
    "unavailable",
    "other",
]


class ErrorDetail(TypedDict):
    """What is wrong with one part of a request."""

    property: str
    message: str


class CallError(Exception):
    """Why a call of a capability failed.

    ``kind`` is what a program can act on, ``details`` say which part of the request is wrong, and
    ``request_id`` is LINE's ``x-line-request-id``.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        details: list[ErrorDetail] | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details or []
        self.request_id = request_id


class Retry(Exception):
    """A temporary failure: the event is tried again, after a pause."""


class Reject(Exception):
    """A permanent failure: the event is not tried again. Any other exception is one, too."""
