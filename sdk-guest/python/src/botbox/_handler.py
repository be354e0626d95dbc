"""What a component exports: an event of the host's to the bot, and the end of it back."""

from __future__ import annotations

import json
from typing import Any

from botbox._bot import Bot
from botbox._errors import CallError
from botbox._failure import in_one_sentence, is_passing, whole_traceback
from botbox._host import begin_handling
from botbox._log import log
from componentize_py_types import Err
from wit_world.imports import current_event
from wit_world.exports.handler import Failure_Reject, Failure_Retry


def handler(bot: Bot) -> type:
    """The class that the component's module has to have under the name ``Handler``."""
    if not isinstance(bot, Bot):
        raise TypeError(f"a bot's module has it under the name `bot`, not a {type(bot).__name__}")

    class Handler:
        def handle(self, received: Any) -> None:
            begin_handling()
            event = json.loads(current_event.get_json())
            event["attempt"] = received.attempt
            event["replyState"] = received.reply.name.lower()
            _complete(event, getattr(received.kind, "value", None))
            try:
                bot.handle(event)
            except CallError as error:
                # A bot that has nothing else to do is done with the event.
                if error.kind != "standby":
                    _fail(error)
            except BaseException as error:  # also what ends a program, such as SystemExit
                _fail(error)

    return Handler


def _complete(event: Any, kind: Any) -> None:
    """Adds what the host knows beside LINE's JSON: the registered beacon, and the linked account."""
    device = getattr(kind, "device", None)
    if device is not None:
        told = {"hwid": device.hwid, "name": device.name, "labels": dict(device.labels)}
        if device.place is not None:
            told["place"] = device.place
        event["beacon" if event["type"] == "beacon" else "beaconVisit"]["device"] = told
    account = getattr(kind, "account", None)
    if account is not None:
        event["link"]["account"] = account


def _fail(error: BaseException) -> None:
    log("ERROR", "botbox", whole_traceback(error))
    why = in_one_sentence(error)
    raise Err(Failure_Retry(why) if is_passing(error) else Failure_Reject(why))
