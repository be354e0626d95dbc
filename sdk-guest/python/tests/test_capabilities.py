from datetime import UTC, datetime, timedelta

import pytest
from botbox import (
    Bot,
    CallError,
    Conversation,
    Sessions,
    action,
    bucket,
    call_line,
    config,
    flex,
    get_content,
    get_profile,
    http,
    message,
    multicast,
    parse_postback,
    postback_data,
    publish,
    push,
    reply,
    reply_or_push,
    run_after,
    run_at,
)
from botbox.testing import FakeHost, events


def handling(work, event=None, host=None):
    """Runs some code as a bot's handler."""
    host = host or FakeHost()
    bot = Bot()
    bot.default(lambda event: work(event))
    host.send(bot, event or events.text("x"))
    return host


def test_messages_are_lines_own_objects():
    sticker = message.sticker("446", "1988")

    def work(event):
        reply(["hi", sticker])
        push("U1", "later")
        multicast(["U1", "U2"], message.text("all", quick_reply=[action.message("Yes")]))

    sent = handling(work).sent
    assert sent[0].messages == [{"type": "text", "text": "hi"}, {"type": "sticker", "packageId": "446", "stickerId": "1988"}]
    assert (sent[1].via, sent[1].to) == ("push", ["U1"])
    item = {"type": "action", "action": {"type": "message", "label": "Yes", "text": "Yes"}}
    assert sent[2].messages == [{"type": "text", "text": "all", "quickReply": {"items": [item]}}]


def test_flex_is_written_with_pythons_names():
    box = flex.vertical(flex.text("Hi", weight="bold"), flex.separator(), corner_radius="md")
    assert flex.bubble(body=box, size="kilo") == {
        "type": "bubble",
        "size": "kilo",
        "body": {
            "type": "box",
            "layout": "vertical",
            "cornerRadius": "md",
            "contents": [{"type": "text", "text": "Hi", "weight": "bold"}, {"type": "separator"}],
        },
    }


@pytest.mark.parametrize(("wrong", "what"), [(None, "not None"), (7, "not int 7"), ([["x"]], "not list")])
def test_what_is_no_message_is_refused_in_words(wrong, what):
    with pytest.raises(TypeError, match=what):
        handling(lambda event: reply(wrong))
    with pytest.raises(TypeError, match="recipient of a push is a str, not None"):
        handling(lambda event: push(None, "x"))


def test_a_reply_that_comes_too_late_is_pushed():
    host = handling(lambda event: reply_or_push("slow"), events.text("x", replyState="expired"))
    assert (host.sent[0].via, host.sent[0].to) == ("push", [events.USER])


def test_the_hosts_errors_are_call_errors():
    host = FakeHost()
    host.fail("profile", "rate-limited", "too many requests")
    with pytest.raises(CallError, match="too many requests") as failed:
        handling(lambda event: get_profile("U1"), host=host)
    assert failed.value.kind == "rate-limited"


def test_buckets_have_json_values():
    def work(event):
        visits = bucket("visits")
        assert visits.get("a") is None
        assert visits.get("a", 5) == 5
        visits.set("a", {"count": 1})
        assert visits.update("a", lambda value: {"count": value["count"] + 1}) == {"count": 2}
        assert bucket("numbers").increment("n", 5) == 5
        assert bucket("numbers").get("n") == 5
        assert "a" in visits
        assert "b" not in visits
        assert list(visits.keys()) == ["a"]
        visits.delete("a")

    assert handling(work).value("visits", "a") is None
    host = FakeHost()
    host.fail("keyvalue", "denied")
    with pytest.raises(CallError, match="`keyvalue` is not among the channel's grants"):
        handling(lambda event: bucket("x").get("y"), host=host)


def test_an_update_is_made_again_when_another_was_quicker():
    tries = []

    def change(value):
        tries.append(value)
        if len(tries) == 1:
            bucket("numbers").set("n", 10)
        return value + 1

    def work(event):
        bucket("numbers").set("n", 1)
        bucket("numbers").update("n", change)

    assert handling(work).value("numbers", "n") == 11
    assert tries == [1, 10]


def test_sessions_are_of_one_user_in_one_chat():
    names = Sessions("names")
    group = {"source": {"type": "group", "groupId": "C1", "userId": "U1"}}
    host = FakeHost()
    handling(lambda event: names.set(event, "Aiko"), events.text("x", **group), host)
    handling(lambda event: reply(names.get(event, "nobody")), events.text("x", **group), host)
    handling(lambda event: reply(names.get(event, "nobody")), host=host)
    assert host.texts == ["Aiko", "nobody"]


def test_a_conversation_goes_from_step_to_step():
    order = Conversation("order")
    bot = Bot()
    bot.use(order.middleware)

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

    bot.default(lambda event: reply("?"))
    host = FakeHost()
    for text in ["x", "order", "large", "2", "2"]:
        host.send(bot, events.text(text))
    assert host.texts == ["?", "Which size?", "How many?", "2 of large", "?"]


def test_timers_are_counted_from_the_event():
    event = events.text("x")

    def work(event):
        run_after(event, timedelta(hours=1, minutes=30), "tea")
        run_at(datetime(2030, 1, 1, tzinfo=UTC), "fireworks")

    host = handling(work, event)
    assert [(it.at, it.payload) for it in host.timers] == [
        (event["timestamp"] + 5_400_000, "tea"),
        (1_893_456_000_000, "fireworks"),
    ]
    bot = Bot()
    bot.timer("tea")(lambda event, payload: push("U1", "Tea is ready"))
    host.run_timers(bot)
    assert host.texts == ["Tea is ready"]


def test_postback_data_have_names_and_values():
    data = postback_data(action="buy", item="a b&c=d", count=2)
    assert data == "action=buy&item=a+b%26c%3Dd&count=2"
    assert parse_postback(data) == {"action": "buy", "item": "a b&c=d", "count": "2"}
    with pytest.raises(ValueError, match="at most 300 characters, not 305"):
        postback_data(text="x" * 300)


def test_contents_media_configuration_and_the_rest_of_line():
    def work(event):
        with get_content("m1") as content:
            assert content.content_type == "image/png"
            assert len(content.read()) == 100_000
        assert publish("image/png", bytes(3_000_000)).startswith("https:")
        assert config("greeting") == "hi"
        assert config("none", "nothing") == "nothing"
        assert call_line("POST", "/v2/bot/coupon", {"title": "x"}) == ["POST", "/v2/bot/coupon", {"title": "x"}]

    contents = {"m1": ("image/png", bytes(100_000))}
    handling(work, host=FakeHost(contents=contents, config={"greeting": "hi"}, line=lambda *request: list(request)))


def test_the_web_is_answered_by_the_test():
    asked = []

    def web(request):
        asked.append(request)
        if request.url.endswith("/old"):
            return 303, {"location": "/new"}, b""
        return 200, {"content-type": "application/json"}, '{"url": "%s"}' % request.url

    def work(event):
        answer = http.post("https://example.com/old", json={"a": 1})
        assert answer.ok
        assert answer.json() == {"url": "https://example.com/new"}
        assert http.get("https://example.com/x", params={"q": "a b"}).url == "https://example.com/x?q=a+b"

    handling(work, host=FakeHost(web=web))
    assert [it.method for it in asked] == ["POST", "GET", "GET"]
    assert (asked[0].body, asked[0].headers["content-type"]) == (b'{"a": 1}', "application/json")
    with pytest.raises(CallError, match="https://example.com is not in `http`"):
        handling(lambda event: http.get("https://example.com/"))
    with pytest.raises(ValueError, match="no URL"):
        handling(lambda event: http.get("example.com"))
