"""What an operator reads of an exception that escaped a handler."""

from __future__ import annotations

import os
import traceback

from botbox._errors import CallError, Reject, Retry

# Where the SDK is, and the interpreter with what it brings.
_SDK = os.path.dirname(__file__)
_PYTHON = ("/python/", "/bundled/", "/world/", "<frozen")
# The most of the author's traceback that stands in the failure itself; the log has all of it.
_FRAMES = 4


def is_passing(error: BaseException) -> bool:
    """Whether another try can go well."""
    return isinstance(error, Retry) or (isinstance(error, CallError) and error.kind in ("rate-limited", "unavailable"))


def in_one_sentence(error: BaseException) -> str:
    """The exception, what caused it, and the author's files and lines, the innermost first."""
    what = ", caused by ".join(_headline(it) for it in _chain(error))
    frames = "".join(f" at {it}" for it in _frames(error)[:_FRAMES])
    return what + frames


def whole_traceback(error: BaseException) -> str:
    """The tracebacks of the exception and of what caused it, without what the SDK does."""
    parts = (_headline(it) + "".join(f"\n    at {frame}" for frame in _frames(it)) for it in _chain(error))
    return "\ncaused by ".join(parts)


def _headline(error: BaseException) -> str:
    # What the author raises to say what is to become of the event needs no name.
    text = str(error)
    if isinstance(error, (Retry, Reject)):
        return text
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def _chain(error: BaseException) -> list[BaseException]:
    errors: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in errors:
        errors.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return errors


def _frames(error: BaseException) -> list[str]:
    # Without the sources' lines, which are not in a component.
    summary = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    own = [it for it in summary if not it.filename.startswith((_SDK, *_PYTHON))]
    return [f"{it.name} ({_file(it.filename)}:{it.lineno})" for it in reversed(own or list(summary))]


def _file(path: str) -> str:
    """The path in the folder of the bot, which a component knows as `/0`, `/1` and so on."""
    parts = path.split("/")
    return "/".join(parts[2:]) if len(parts) > 2 and parts[1].isdigit() else path
