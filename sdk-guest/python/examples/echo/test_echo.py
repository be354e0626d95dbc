from botbox.testing import FakeHost, events
from echo.bot import bot


def test_says_what_was_said():
    host = FakeHost()
    host.send(bot, events.text("hello"))
    assert host.texts == ["hello"]
