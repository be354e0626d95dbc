"""Unit tests of bots, without a host.

    from botbox.testing import FakeHost, events
    from bot import bot

    def test_greets():
        host = FakeHost()
        host.send(bot, events.follow())
        assert host.texts == ["Nice to meet you!"]
"""

from botbox.testing import events
from botbox.testing._fake_host import Call, FakeHost, Sent, Timer

__all__ = ["Call", "FakeHost", "Sent", "Timer", "events"]
