"""Messages that a bot sends, as LINE's own objects (LINE reference, "Message objects").

All take ``quick_reply``, a list of actions, and ``sender``. A dict as LINE documents it does as well.
"""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from botbox._json import line_object
from botbox.action import Action

Message = dict[str, Any]


class Common(TypedDict, total=False):
    """What all messages can have."""

    # Buttons above the keyboard, at most 13.
    quick_reply: list[Action]
    # Who the message seems to be from: ``name`` and ``iconUrl``.
    sender: dict[str, str]


def text(text: str, *, quote_token: str | None = None, **common: Unpack[Common]) -> Message:
    """A text of at most 5,000 UTF-16 code units."""
    return _message("text", common, text=text, quote_token=quote_token)


def text_v2(text: str, substitution: dict[str, Any], **common: Unpack[Common]) -> Message:
    """A text with mentions and emoji: ``{name}`` stands for a substitution."""
    return _message("textV2", common, text=text, substitution=substitution)


def sticker(package_id: str, sticker_id: str, **common: Unpack[Common]) -> Message:
    """A sticker of those that bots may send."""
    return _message("sticker", common, package_id=package_id, sticker_id=sticker_id)


def image(original_content_url: str, preview_image_url: str | None = None, **common: Unpack[Common]) -> Message:
    """An image by its HTTPS URL; its preview is the same unless another is given."""
    preview = preview_image_url or original_content_url
    return _message("image", common, original_content_url=original_content_url, preview_image_url=preview)


def video(original_content_url: str, preview_image_url: str, **common: Unpack[Common]) -> Message:
    """A video by its HTTPS URL."""
    return _message("video", common, original_content_url=original_content_url, preview_image_url=preview_image_url)


def audio(original_content_url: str, duration: int, **common: Unpack[Common]) -> Message:
    """A sound by its HTTPS URL, and its length in milliseconds."""
    return _message("audio", common, original_content_url=original_content_url, duration=duration)


def location(title: str, address: str, latitude: float, longitude: float, **common: Unpack[Common]) -> Message:
    """A place."""
    return _message("location", common, title=title, address=address, latitude=latitude, longitude=longitude)


def buttons(alt_text: str, text: str, actions: list[Action], *, title: str | None = None,
            thumbnail_image_url: str | None = None, **common: Unpack[Common]) -> Message:
    """A text with at most 4 buttons, and an image and a title."""
    template = line_object("buttons", text=text, actions=actions, title=title, thumbnail_image_url=thumbnail_image_url)
    return _message("template", common, alt_text=alt_text, template=template)


def confirm(alt_text: str, text: str, actions: list[Action], **common: Unpack[Common]) -> Message:
    """A question with two buttons."""
    template = line_object("confirm", text=text, actions=actions)
    return _message("template", common, alt_text=alt_text, template=template)


def flex(alt_text: str, contents: dict[str, Any], **common: Unpack[Common]) -> Message:
    """A message with a free layout; see :mod:`botbox.flex`."""
    return _message("flex", common, alt_text=alt_text, contents=contents)


def _message(type: str, common: Common, **properties: Any) -> Message:
    actions = common.get("quick_reply")
    items = None if actions is None else {"items": [{"type": "action", "action": it} for it in actions]}
    return line_object(type, **properties, quick_reply=items, sender=common.get("sender"))
