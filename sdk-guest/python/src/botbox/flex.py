"""Flex Messages: messages with a free layout (LINE reference, "Flex Message").

    from botbox import flex, message, reply

    cafe = flex.bubble(
        body=flex.vertical(
            flex.text("Brown Cafe", weight="bold", size="xl"),
            flex.baseline(flex.icon("https://example.com/star.png"), flex.text("4.0")),
        ),
    )
    reply(message.flex("Brown Cafe", cafe))

What a component can have beyond what its function names is given by keyword, under LINE's names in Python's
writing: ``corner_radius="md"`` is LINE's ``cornerRadius``.
"""

from __future__ import annotations

from typing import Any

from botbox._json import camel, line_object
from botbox.action import Action

Component = dict[str, Any]


def bubble(
    *,
    header: Component | None = None,
    hero: Component | None = None,
    body: Component | None = None,
    footer: Component | None = None,
    size: str | None = None,
    **properties: Any,
) -> Component:
    """One card."""
    return line_object("bubble", header=header, hero=hero, body=body, footer=footer, size=size, **properties)


def carousel(*bubbles: Component) -> Component:
    """At most 12 bubbles to swipe through."""
    return {"type": "carousel", "contents": list(bubbles)}


def vertical(*contents: Component, **properties: Any) -> Component:
    """Components one below the other."""
    return _box("vertical", contents, properties)


def horizontal(*contents: Component, **properties: Any) -> Component:
    """Components one beside the other."""
    return _box("horizontal", contents, properties)


def baseline(*contents: Component, **properties: Any) -> Component:
    """Texts and icons on one line."""
    return _box("baseline", contents, properties)


def text(text: str, *, size: str | None = None, weight: str | None = None, color: str | None = None,
         align: str | None = None, wrap: bool | None = None, **properties: Any) -> Component:
    """A text."""
    return line_object("text", text=text, size=size, weight=weight, color=color, align=align, wrap=wrap, **properties)


def spans(*contents: Component, **properties: Any) -> Component:
    """A text of several spans."""
    return line_object("text", contents=list(contents), **properties)


def span(text: str, **properties: Any) -> Component:
    """A part of a text."""
    return line_object("span", text=text, **properties)


def button(action: Action, *, style: str | None = None, color: str | None = None, **properties: Any) -> Component:
    """A button."""
    return line_object("button", action=action, style=style, color=color, **properties)


def image(url: str, *, size: str | None = None, aspect_ratio: str | None = None, **properties: Any) -> Component:
    """An image by its HTTPS URL."""
    return line_object("image", url=url, size=size, aspect_ratio=aspect_ratio, **properties)


def icon(url: str, *, size: str | None = None, **properties: Any) -> Component:
    """An icon, in a baseline box."""
    return line_object("icon", url=url, size=size, **properties)


def separator(**properties: Any) -> Component:
    """A line between components."""
    return line_object("separator", **properties)


def filler(**properties: Any) -> Component:
    """Room between components."""
    return line_object("filler", **properties)


def _box(layout: str, contents: tuple[Component, ...], properties: dict[str, Any]) -> Component:
    return {"type": "box", "layout": layout, "contents": list(contents), **camel(properties)}
