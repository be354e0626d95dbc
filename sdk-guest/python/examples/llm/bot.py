"""Answers by a language model, and remembers what was said.

The model is behind the API of OpenAI's chat completions, which many services have.
"""

from botbox import Bot, Reject, Retry, Sessions, config, http, reply, reply_or_push, show_loading_animation, user_id

# How much the model gets to see, so that an answer costs no more with each.
REMEMBERED = 20
# For how many seconds the animation shows: the most that LINE takes.
LOADING = 60

talks = Sessions("talks")
bot = Bot()


@bot.text("^forget$")
def forget(event, match):
    talks.clear(event)
    reply("I have forgotten what we said.")


@bot.message("text")
def think(event):
    if event["source"]["type"] == "user":
        show_loading_animation(user_id(event), LOADING)
    talk = [*talks.get(event, []), {"role": "user", "content": event["message"]["text"]}][-REMEMBERED:]
    said = answer(talk)
    # A model answers otherwise each time: the key has one answer go out for this event.
    reply_or_push(said, idempotency_key="answer")
    talks.set(event, [*talk, {"role": "assistant", "content": said}])


@bot.on("follow")
def welcome(event):
    reply("Hello! Ask me something. Say “forget” to begin anew.")


def answer(talk):
    """What the model says to what was said."""
    instructions = config("instructions")
    system = [{"role": "system", "content": instructions}] if instructions else []
    key = config("key")
    headers = {"authorization": f"Bearer {key}"} if key else {}
    asked = {"model": needed("model"), "messages": [*system, *talk]}
    response = http.post(needed("url"), json=asked, headers=headers)
    if response.status == 429 or response.status >= 500:
        raise Retry(f"the model answered {response.status}")
    if not response.ok:
        raise Reject(f"the model answered {response.status}: {response.text}")
    return response.json()["choices"][0]["message"]["content"]


def needed(key):
    """A value that the operator has to configure."""
    value = config(key)
    if value is None:
        raise Reject(f"[channels.config] has no `{key}`")
    return value
