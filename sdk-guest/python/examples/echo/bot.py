"""Answers every text with the same text, and every sticker with the same sticker."""

from botbox import Bot, message, reply

bot = Bot()


@bot.message("text")
def echo_text(event):
    reply(event["message"]["text"])


@bot.message("sticker")
def echo_sticker(event):
    received = event["message"]
    reply(message.sticker(received["packageId"], received["stickerId"]))
