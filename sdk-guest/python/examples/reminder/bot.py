"""Reminds people: `remind me 24 Dec 18:00: wrap the presents`. What people write as a time, dateutil reads."""

from datetime import UTC, datetime

import humanize
from botbox import Bot, chat_id, push, reply, run_at
from dateutil import parser

bot = Bot()


@bot.text(r"^remind me (?P<when>.+?): +(?P<what>.+)")
def remind(event, match):
    now = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    try:
        when = parser.parse(match["when"], default=now.replace(second=0, microsecond=0))
    except parser.ParserError:
        reply(f"When is {match['when']}?")
        return
    if when <= now:
        reply(f"That was {humanize.naturaltime(when, when=now)}.")
        return
    run_at(when, match["what"])
    reply(f"In {humanize.naturaldelta(when - now)}: {match['what']}")


@bot.timer("")
def time_has_come(event, what):
    push(chat_id(event), f"It is time: {what}")


@bot.message("text")
def explain(event):
    reply("Say, for example: remind me 24 Dec 18:00: wrap the presents")
