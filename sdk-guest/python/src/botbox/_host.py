"""The host: as a component sees it, or else the fake one of the test that is running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

try:
    import wit_world  # noqa: F401  (in a component, and while one is made)
except ImportError:
    from botbox.testing import _bindings

    _bindings.install()

from componentize_py_types import Err  # noqa: E402

from botbox._errors import CallError  # noqa: E402

T = TypeVar("T")

# Whether an event is handled. While a bot is built, its module runs without a host.
_handling = False


def begin_handling() -> None:
    """From now on the host can be called."""
    global _handling
    _handling = True


def is_handling() -> bool:
    """Whether the host can be called."""
    return _handling


@contextmanager
def call() -> Iterator[None]:
    """Around a call of the host: what it refuses is raised as a CallError."""
    check()
    try:
        yield
    except Err as refused:
        error = refused.value
        if not hasattr(error, "kind"):
            raise
        raise CallError(
            error.kind.name.lower().replace("_", "-"),
            error.message,
            details=[{"property": it.property, "message": it.message} for it in error.details],
            request_id=error.request_id,
        ) from None


def check() -> None:
    """Refuses calls while the bot is built, which would end the build without a word."""
    if not _handling:
        raise RuntimeError("the host can be called in a handler, not while the bot is built")


def text(value: Any, name: str) -> str:
    """The value, if it is a text: the bindings end the bot at what has another type."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a str, not {described(value)}")
    return value


def integer(value: Any, name: str) -> int:
    """The value, if it is a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is an int, not {described(value)}")
    return value


def optional(check: Callable[[Any, str], T], value: Any, name: str) -> T | None:
    """The value, if there is one, when it is right."""
    return None if value is None else check(value, name)


def described(value: Any) -> str:
    """What a value is, for an error."""
    return "None" if value is None else f"{type(value).__name__} {value!r}"[:80]
