import json

import pytest
from botbox import Retry
from botbox.testing import FakeHost, events
from llm.bot import bot

URL = "https://model.example/v1/chat/completions"


def the_host(web):
    return FakeHost(config={"url": URL, "model": "small", "key": "secret"}, web=web)


def test_the_model_gets_what_was_said():
    def web(request):
        assert (request.method, request.url) == ("POST", URL)
        assert request.headers["authorization"] == "Bearer secret"
        count = len(json.loads(request.body)["messages"])
        return 200, {}, json.dumps({"choices": [{"message": {"role": "assistant", "content": f"{count} turns"}}]})

    host = the_host(web)
    for text in ["Hi", "And now?", "forget", "Hi"]:
        host.send(bot, events.text(text))
    assert host.texts == ["1 turns", "3 turns", "I have forgotten what we said.", "1 turns"]


def test_a_model_that_is_busy_is_asked_again():
    with pytest.raises(Retry, match="the model answered 429"):
        the_host(lambda request: (429, {}, b"busy")).send(bot, events.text("Hi"))
