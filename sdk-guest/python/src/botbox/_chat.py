"""What a chat shows beside messages."""

from __future__ import annotations

from botbox._host import call, integer, text
from wit_world.imports import loading as host


def show_loading_animation(user_id: str, seconds: int = 20) -> None:
    """Shows the loading animation in the chat with a user, until the bot's next message or for a time.

    The time is a multiple of 5 seconds, from 5 to 60.
    """
    text(user_id, "a user id")
    integer(seconds, "the time of a loading animation")
    with call():
        host.show_loading_animation(user_id, seconds)
