"""Contents that users sent."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from botbox._host import call, text
from wit_world.imports import content as host

# The most that the host gives at a time.
_PIECE = 64 << 10


class Content:
    """An image, video, sound or file on its way. Iterated, it gives its bytes piece by piece.

    A few can be open at a time: ``with`` closes one.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.content_type: str = stream.content_type()
        self.content_length: int | None = stream.content_length()

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._read():
            yield piece

    def read(self) -> bytes:
        """All of its bytes."""
        return b"".join(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stream.__exit__(kind, error, traceback)

    def _read(self) -> bytes:
        with call():
            return self._stream.read(_PIECE)


def get_content(message_id: str) -> Content:
    """Fetches the content of an image, video, audio or file message by the message's id."""
    text(message_id, "a message id")
    with call():
        return Content(host.get_message_content(message_id))
