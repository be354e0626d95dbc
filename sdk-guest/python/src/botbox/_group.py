"""Groups that the bot is in."""

from __future__ import annotations

from typing import Any

from botbox._host import call, text
from wit_world.imports import group as host


def get_group_summary(group_id: str) -> Any:
    """A group's ``group_name`` and ``picture_url``."""
    text(group_id, "a group id")
    with call():
        return host.get_group_summary(group_id)


def get_group_member_profile(group_id: str, user_id: str) -> Any:
    """The profile of a group's member, friend or not."""
    text(group_id, "a group id")
    text(user_id, "a user id")
    with call():
        return host.get_group_member_profile(group_id, user_id)


def leave_group(group_id: str) -> None:
    """The bot leaves the group."""
    text(group_id, "a group id")
    with call():
        host.leave_group(group_id)
