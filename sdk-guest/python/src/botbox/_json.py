"""LINE's JSON objects, written with Python's names."""

from __future__ import annotations

from typing import Any


def line_object(type: str, **properties: Any) -> dict[str, Any]:
    """An object of a type. ``alt_text`` is LINE's ``altText``; what is None is left out."""
    return {"type": type, **camel(properties)}


def camel(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties under LINE's names."""
    return {_name(name): value for name, value in properties.items() if value is not None}


def _name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
