import pytest
from botbox import Bot, CallError, reply
from botbox.testing import FakeHost, events


def the_bot():
    bot = Bot()
    bot.text("^menu$")(lambda event, match: reply("the menu"))
    bot.text(r"(?i)^hello (?P<name>.+)")(lambda event, match: reply(f"Hello {match['name']}!"))
    bot.message("sticker")(lambda event: reply(f"sticker {event['message']['stickerId']}"))
    bot.postback("action=buy")(lambda event, data: reply(f"buys {data['item']}"))
    bot.timer("tea")(lambda event, payload: reply(payload))
    bot.on("follow")(lambda event: reply("welcome"))
    bot.default(lambda event: reply(f"what is {event['type']}?"))
    return bot


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (events.text("menu"), "the menu"),
        (events.text("Hello Aiko"), "Hello Aiko!"),
        (events.text("menu!"), "what is message?"),
        (events.message({"type": "sticker", "packageId": "1", "stickerId": "2"}), "sticker 2"),
        (events.postback("action=buy&item=a+b%26c"), "buys a b&c"),
        (events.postback("action=sell"), "what is postback?"),
        (events.timer("tea", replyState="open"), "tea"),
        (events.follow(), "welcome"),
        (events.event("unfollow"), "what is unfollow?"),
    ],
)
def test_the_first_handler_that_fits_gets_the_event(event, answer):
    host = FakeHost()
    host.send(the_bot(), event)
    assert host.texts == [answer]


def test_middleware_runs_around_the_handlers():
    steps = []
    bot = Bot()

    @bot.use
    def around(event, next):
        steps.append("first")
        next()
        steps.append("last")

    @bot.use
    def active_only(event, next):
        if event["mode"] == "active":
            next()

    bot.default(lambda event: steps.append("handler"))
    host = FakeHost()
    host.send(bot, events.text("x"))
    host.send(bot, events.text("x", mode="standby"))
    assert steps == ["first", "handler", "last", "first", "last"]


def test_an_event_is_replied_to_once():
    bot = Bot()
    bot.default(lambda event: [reply("one"), reply("two")])
    with pytest.raises(CallError) as failed:
        FakeHost().send(bot, events.text("x"))
    assert failed.value.kind == "expired"


def test_an_async_handler_is_refused():
    bot = Bot()

    async def later(event):
        reply("never")

    with pytest.raises(TypeError, match="later is async"):
        bot.default(later)
