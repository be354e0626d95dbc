"""What the bot remembers between two events: buckets of keys and JSON values (grant ``keyvalue``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from botbox._errors import CallError
from botbox._host import check, integer, text
from componentize_py_types import Err
from wit_world.imports import atomics
from wit_world.imports import wasi_keyvalue_store as host

T = TypeVar("T")

# How often `update` tries again when another event was quicker.
_TRIES = 100


class Bucket(Generic[T]):
    """Keys of at most 1 KiB and JSON values of at most 1 MiB. What was written is safe when a call returns."""

    def __init__(self, name: str) -> None:
        self._name = text(name, "the name of a bucket")

    def get(self, key: str, default: T | None = None) -> T | None:
        """The value of a key."""
        with self._opened() as opened:
            value = opened.get(text(key, "a key"))
        return default if value is None else json.loads(value)

    def set(self, key: str, value: T) -> None:
        """Sets the value of a key."""
        data = json.dumps(value).encode()
        with self._opened() as opened:
            opened.set(text(key, "a key"), data)

    def delete(self, key: str) -> None:
        """Removes a key, if it is there."""
        with self._opened() as opened:
            opened.delete(text(key, "a key"))

    def __contains__(self, key: str) -> bool:
        with self._opened() as opened:
            return opened.exists(text(key, "a key"))

    def keys(self) -> Iterator[str]:
        """All keys."""
        cursor = None
        while True:
            with self._opened() as opened:
                page = opened.list_keys(cursor)
            yield from page.keys
            cursor = page.cursor
            if cursor is None:
                return

    def increment(self, key: str, delta: int = 1) -> int:
        """Adds to a number, which is 0 when it is not there, and returns the sum. At once or not at all."""
        with self._opened() as opened:
            return atomics.increment(opened, text(key, "a key"), integer(delta, "what is added to a number"))

    def update(self, key: str, change: Callable[[T | None], T]) -> T:
        """Sets what ``change`` makes of the value.

        Events of different chats may write to one key at the same time: ``change`` is called again when another
        was quicker.
        """
        for _ in range(_TRIES):
            with self._opened() as opened:
                cas = atomics.Cas.new(opened, text(key, "a key"))
                current = cas.current()
                value = change(None if current is None else json.loads(current))
                if _swapped(cas, json.dumps(value).encode()):
                    return value
        raise CallError("unavailable", f"other events changed the key {key} {_TRIES} times")

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        check()
        try:
            with host.open(self._name) as opened:
                yield opened
        except Err as refused:
            raise _error(refused.value) from None


def bucket(name: str) -> Bucket[Any]:
    """A bucket by its name. It need not be created."""
    return Bucket(name)


def _swapped(cas: Any, value: bytes) -> bool:
    """Whether the value was still the one that was remembered."""
    try:
        atomics.swap(cas, value)
        return True
    except Err as refused:
        if isinstance(refused.value, atomics.CasError_CasFailed):
            return False
        raise _error(refused.value.value) from None


def _error(error: Any) -> Exception:
    """The store's error in the words of all capabilities."""
    if isinstance(error, host.Error_AccessDenied):
        return CallError("denied", "`keyvalue` is not among the channel's grants")
    if isinstance(error, host.Error_NoSuchStore):
        return CallError("not-found", "the host does not know the store")
    return CallError("other", str(error.value))
