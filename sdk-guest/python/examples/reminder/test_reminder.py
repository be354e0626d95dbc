import pytest
from botbox.testing import FakeHost, events
from reminder.bot import bot

# 2026-12-20T12:00:00Z
NOW = 1_797_768_000_000


@pytest.mark.parametrize(
    ("said", "answer", "hours"),
    [
        ("remind me 24 Dec 18:00: wrap the presents", "In 4 days: wrap the presents", 4 * 24 + 6),
        ("remind me 15:30: tea", "In 4 hours: tea", 3.5),
        ("remind me 2026-12-21T12:00Z: call Aiko", "In a day: call Aiko", 24),
        ("remind me 19 Dec 2026 12:00: tea", "That was a day ago.", None),
        ("remind me one day: tea", "When is one day?", None),
        ("hello", "Say, for example: remind me 24 Dec 18:00: wrap the presents", None),
    ],
)
def test_reminds(said, answer, hours):
    host = FakeHost()
    host.send(bot, events.text(said, timestamp=NOW))
    assert host.texts == [answer]
    assert [it.at for it in host.timers] == ([] if hours is None else [NOW + hours * 3_600_000])


def test_the_time_comes():
    host = FakeHost()
    host.send(bot, events.text("remind me 15:30: tea", timestamp=NOW))
    host.run_timers(bot)
    assert host.sent[-1].via == "push"
    assert host.texts[-1] == "It is time: tea"
