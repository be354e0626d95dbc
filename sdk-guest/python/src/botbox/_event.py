"""LINE's webhook events, as LINE writes them (LINE reference, "Webhook Event Objects")."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Source(TypedDict):
    """Where an event happened: ``user``, ``group`` or ``room``."""

    type: str
    userId: NotRequired[str]
    groupId: NotRequired[str]
    roomId: NotRequired[str]


class DeliveryContext(TypedDict):
    """Whether LINE sends the event again because it got no answer the first time."""

    isRedelivery: bool


class Postback(TypedDict):
    """What a user chose: an action's data, and what they picked."""

    data: str
    params: NotRequired[dict[str, str]]


class Timer(TypedDict):
    """A timer that the bot set, with what it gave it."""

    payload: str


class BeaconDevice(TypedDict):
    """A beacon that the operator registered."""

    hwid: str
    name: str
    place: NotRequired[str]
    labels: dict[str, str]


class Event(TypedDict):
    """One event. What it has beyond this is by its type, as LINE documents it.

    ``attempt`` says which attempt of the host it is, and ``replyState`` whether the event can be answered
    with ``reply``: both are the host's. So are ``device`` in ``beacon`` and ``beaconVisit``, a registered beacon (see
    ``BeaconDevice``), and ``account`` in ``link``, the account that the host linked with the user.
    """

    type: str
    webhookEventId: str
    timestamp: int
    mode: str
    deliveryContext: DeliveryContext
    source: NotRequired[Source]
    attempt: int
    replyState: Literal["open", "none", "expired", "spent"]
    message: NotRequired[dict[str, Any]]
    postback: NotRequired[Postback]
    beacon: NotRequired[dict[str, Any]]
    link: NotRequired[dict[str, Any]]
    # ``botbox.timer`` is the host's own event.
    timer: NotRequired[Timer]


def user_id(event: Event) -> str | None:
    """Who acted, where LINE tells."""
    return event.get("source", {}).get("userId")


def chat_id(event: Event) -> str | None:
    """The chat that an event happened in, to push to: a user, group or room."""
    source = event.get("source", {})
    return source.get("groupId") or source.get("roomId") or source.get("userId")
