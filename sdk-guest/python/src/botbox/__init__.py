"""Write LINE bots in Python that run on botbox.

    from botbox import Bot, reply

    bot = Bot()

    @bot.text(r".")
    def echo(event, match):
        reply(event["message"]["text"])

An event runs in a fresh instance: what must be remembered belongs in a :func:`bucket`. ``logging`` and
``print`` write to the host's log.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botbox import action, flex, http, message
    from botbox._bot import Bot
    from botbox._chat import show_loading_animation
    from botbox._config import config
    from botbox._content import Content, get_content
    from botbox._errors import CallError, Reject, Retry
    from botbox._event import Event, chat_id, user_id
    from botbox._group import get_group_member_profile, get_group_summary, leave_group
    from botbox._late_reply import reply_or_push
    from botbox._line_api import call_line
    from botbox._media import publish
    from botbox._postback import parse_postback, postback_data
    from botbox._profile import get_profile
    from botbox._push import broadcast, multicast, push
    from botbox._reply import reply
    from botbox._schedule import cancel_timer, run_after, run_at
    from botbox._session import Conversation, Sessions
    from botbox._store import Bucket, bucket

# Where each name is. A module is imported when a bot uses it: so the build sees which of the host's
# interfaces the bot needs.
_MODULES = {
    "Bot": "_bot",
    "Bucket": "_store",
    "CallError": "_errors",
    "Content": "_content",
    "Conversation": "_session",
    "Event": "_event",
    "Reject": "_errors",
    "Retry": "_errors",
    "Sessions": "_session",
    "broadcast": "_push",
    "bucket": "_store",
    "call_line": "_line_api",
    "cancel_timer": "_schedule",
    "chat_id": "_event",
    "config": "_config",
    "get_content": "_content",
    "get_group_member_profile": "_group",
    "get_group_summary": "_group",
    "get_profile": "_profile",
    "leave_group": "_group",
    "multicast": "_push",
    "parse_postback": "_postback",
    "postback_data": "_postback",
    "publish": "_media",
    "push": "_push",
    "reply": "_reply",
    "reply_or_push": "_late_reply",
    "run_after": "_schedule",
    "run_at": "_schedule",
    "show_loading_animation": "_chat",
    "user_id": "_event",
}

__all__ = ["action", "flex", "http", "message", *_MODULES]


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"botbox has no {name}")
    value = getattr(importlib.import_module(f"botbox.{module}"), name)
    globals()[name] = value
    return value
