"""All bots of the whole-system tests in one component; the configuration says which of them it is.

CPython is large: each component more would take the tests half a minute to build and to compile.
"""

import echo.bot
import greeter.bot
import probe
import reminder.bot
from botbox import Bot, config

BOTS = {"echo": echo.bot.bot, "greeter": greeter.bot.bot, "probe": probe.bot, "reminder": reminder.bot.bot}

bot = Bot()


@bot.default
def choose(event):
    BOTS[config("bot")].handle(event)
