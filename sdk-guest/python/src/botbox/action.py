"""What buttons do (LINE reference, "Action objects")."""

from __future__ import annotations

from typing import Any, Literal

from botbox._json import line_object

Action = dict[str, Any]


def postback(
    label: str | None,
    data: str,
    *,
    display_text: str | None = None,
    input_option: str | None = None,
    fill_in_text: str | None = None,
) -> Action:
    """Sends the bot a postback event with this data, of at most 300 characters."""
    return line_object(
        "postback",
        label=label,
        data=data,
        display_text=display_text,
        input_option=input_option,
        fill_in_text=fill_in_text,
    )


def message(label: str, text: str | None = None) -> Action:
    """Makes the user send a text: the label, unless another is given."""
    return line_object("message", label=label, text=label if text is None else text)


def uri(label: str | None, uri: str, *, alt_uri_desktop: str | None = None) -> Action:
    """Opens a URI: ``http``, ``https``, ``line`` or ``tel``."""
    alt_uri = None if alt_uri_desktop is None else {"desktop": alt_uri_desktop}
    return line_object("uri", label=label, uri=uri, alt_uri=alt_uri)


def datetime_picker(
    label: str | None,
    data: str,
    mode: Literal["date", "time", "datetime"],
    *,
    initial: str | None = None,
    max: str | None = None,
    min: str | None = None,
) -> Action:
    """Lets the user pick a date or time, which comes back in a postback event."""
    return line_object("datetimepicker", label=label, data=data, mode=mode, initial=initial, max=max, min=min)


def clipboard(label: str | None, clipboard_text: str) -> Action:
    """Copies a text to the user's clipboard."""
    return line_object("clipboard", label=label, clipboard_text=clipboard_text)
