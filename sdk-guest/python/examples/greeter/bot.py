"""Greets new friends by name and looks at what they send."""

from botbox import Bot, Reject, action, chat_id, get_content, get_profile, message, push, reply, user_id

bot = Bot()


@bot.on("follow")
def welcome(event):
    user = user_id(event)
    if user is None:
        raise Reject("a follow event without a user")
    name = get_profile(user).display_name
    colours = [action.postback("Red", "colour=red"), action.postback("Green", "colour=green")]
    reply(
        [
            f"Hello {name}, nice to meet you!",
            message.buttons("Choose a colour", "Which colour do you like?", colours),
        ]
    )


@bot.on("postback")
def chosen(event):
    reply(f"You chose {event['postback']['data']}")


@bot.message("image")
def describe(event):
    with get_content(event["message"]["id"]) as image:
        size = sum(len(piece) for piece in image)
        reply(f"That is {image.content_type}, {size} bytes")


@bot.text("^push me$")
def come_back(event, match):
    reply("One moment")
    push(chat_id(event), "Here I am again")


@bot.message("text")
def invite(event):
    reply("Send me an image, or say: push me")
