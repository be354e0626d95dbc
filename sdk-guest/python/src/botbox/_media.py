"""Pictures, videos and sounds that the bot publishes."""

from __future__ import annotations

from botbox._host import call, integer, optional, text
from wit_world.imports import media as host

# The most that the host takes at a time.
_PIECE = 1 << 20


def publish(content_type: str, data: bytes, *, lifetime_seconds: int | None = None) -> str:
    """Publishes bytes on the host's own address, for the URLs in messages. Returns their HTTPS URL."""
    text(content_type, "a content type")
    lifetime = optional(integer, lifetime_seconds, "a lifetime")
    view = bytes(data)
    with call(), host.start_upload(content_type, lifetime) as upload:
        for at in range(0, len(view), _PIECE):
            upload.write(view[at : at + _PIECE])
        return upload.finish()
