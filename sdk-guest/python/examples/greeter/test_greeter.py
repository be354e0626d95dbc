import pytest
from botbox import Reject
from botbox.testing import FakeHost, events
from greeter.bot import bot


def test_greets_by_name():
    host = FakeHost(profiles={events.USER: "Aiko"})
    host.send(bot, events.follow())
    assert host.texts == ["Hello Aiko, nice to meet you!"]
    assert host.sent[0].messages[1]["template"]["actions"][1]["data"] == "colour=green"


def test_looks_at_images():
    host = FakeHost(contents={"m1": ("image/png", bytes(300_000))})
    host.send(bot, events.message({"id": "m1", "type": "image"}))
    assert host.texts == ["That is image/png, 300000 bytes"]


def test_comes_back():
    host = FakeHost()
    host.send(bot, events.text("push me"))
    assert [it.via for it in host.sent] == ["reply", "push"]


def test_gives_up_a_follow_event_of_nobody():
    with pytest.raises(Reject, match="without a user"):
        FakeHost().send(bot, events.follow(source={"type": "user"}))
