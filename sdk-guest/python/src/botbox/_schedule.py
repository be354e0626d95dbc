"""Timers: events of the bot's own making."""

from __future__ import annotations

from datetime import datetime, timedelta

from botbox._event import Event
from botbox._host import call, optional, text
from wit_world.imports import schedule as host


def run_at(at: datetime, payload: str, *, idempotency_key: str | None = None) -> str:
    """Has a timer come at a time, with the source of the event that is being handled.

    A handler of ``bot.timer`` gets it, and can push, but not reply. When the event is run again, a timer of the
    same time and payload is the same timer. Returns an id to cancel it with.
    """
    if not isinstance(at, datetime):
        raise TypeError(f"the time of a timer is a datetime, not {type(at).__name__}")
    return _run_at(round(at.timestamp() * 1000), payload, idempotency_key)


def run_after(event: Event, delay: timedelta, payload: str, *, idempotency_key: str | None = None) -> str:
    """The same, counted from the event: the time is then the same in each attempt."""
    if not isinstance(delay, timedelta):
        raise TypeError(f"the delay of a timer is a timedelta, not {type(delay).__name__}")
    return _run_at(event["timestamp"] + round(delay.total_seconds() * 1000), payload, idempotency_key)


def cancel_timer(id: str) -> bool:
    """Takes a timer back. Returns whether it was still to come."""
    text(id, "a timer's id")
    with call():
        return host.cancel(id)


def _run_at(milliseconds: int, payload: str, idempotency_key: str | None) -> str:
    text(payload, "a timer's payload")
    key = optional(text, idempotency_key, "an idempotency key")
    with call():
        return host.run_at(milliseconds, payload, key)
