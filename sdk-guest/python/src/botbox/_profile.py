"""Users."""

from __future__ import annotations

from typing import Any

from botbox._host import call, text
from wit_world.imports import profile as host


def get_profile(user_id: str) -> Any:
    """The profile of a friend, or of a user who wrote to the bot: ``display_name``, ``picture_url`` and so on."""
    text(user_id, "a user id")
    with call():
        return host.get_profile(user_id)
