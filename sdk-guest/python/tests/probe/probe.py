"""A bot of the whole-system tests, which does as it is told."""

import json
import logging
import random
import sys
import time
import uuid

import doomed
from botbox import Bot, CallError, Conversation, Retry, bucket, config, http, push, reply

bot = Bot()
log = logging.getLogger("probe")


def answers(text):
    """Answers a text with what a function returns."""

    def decorate(work):
        @bot.text(f"^{text}$")
        def answer(event, match):
            reply(json.dumps(work()))

        return work

    return decorate


# What goes wrong.
@bot.text("^throw$")
def throw(event, match):
    doomed.doomed()


@bot.text("^throw a cause$")
def throw_a_cause(event, match):
    try:
        doomed.doomed()
    except ZeroDivisionError as cause:
        raise ValueError("it went wrong") from cause


@bot.text("^retry$")
def retry(event, match):
    raise Retry("not now")


@bot.text("^exit$")
def leave(event, match):
    sys.exit(1)


@bot.text("^loop$")
def loop(event, match):
    while True:
        pass


@bot.text("^allocate$")
def allocate(event, match):
    everything = []
    while True:
        everything.append(bytes(1 << 20))


@bot.text("^recurse$")
def recurse(event, match):
    recurse(event, match)


@bot.text("^wrong type$")
def wrong_type(event, match):
    reply({"type": "txet", "text": "?"})


@bot.text("^wrong argument$")
def wrong_argument(event, match):
    push(7, "?")


@bot.text("^no message$")
def no_message(event, match):
    reply(None)


@bot.text("^denied$")
def denied(event, match):
    push("U00000000000000000000000000000000", "?")


@bot.text("^denied store$")
def denied_store(event, match):
    bucket("x").get("y")


@bot.text("^unavailable$")
def unavailable(event, match):
    raise CallError("unavailable", "LINE is away")


@bot.text("^fetch (.+)")
def fetch(event, match):
    answer = http.post(match[1], data="to the web")
    reply(f"{answer.status} {answer.headers['content-type']} {answer.text}")


# What works.
@answers("random")
def random_numbers():
    return [random.random(), str(uuid.uuid4())]


@answers("clock")
def clock():
    return time.time()


@answers("config")
def configured():
    return config("greeting")


@bot.text("^log$")
def logs(event, match):
    log.warning("six is %d", 6)
    print("printed")
    reply("logged")


@bot.text("^count$")
def counts(event, match):
    numbers = bucket("numbers")
    numbers.update("seen", lambda seen: [*(seen or []), event["message"]["text"]])
    reply(f"{numbers.increment('count')} {numbers.get('seen')} {list(numbers.keys())}")


order = Conversation("order")
bot.use(lambda event, next: order.middleware(event, next) if config("conversation") else next())


@order.step
def size(event, data):
    data["size"] = event["message"]["text"]
    reply("How many?")
    return "amount"


@order.step
def amount(event, data):
    reply(f"{event['message']['text']} of {data['size']}")


@bot.text("^order$")
def begin(event, match):
    order.start(event, "size")
    reply("Which size?")


@bot.message("text")
def otherwise(event):
    reply("and you?")


@bot.on("beacon")
def sees_a_beacon(event):
    device = event["beacon"].get("device", {})
    reply(json.dumps([device.get("name"), device.get("place"), device.get("labels", {}).get("floor")], separators=(",", ":")))
