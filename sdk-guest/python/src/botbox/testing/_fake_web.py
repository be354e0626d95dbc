"""The web in memory: `wasi:http`, as far as `botbox.http` uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botbox.testing._types import Err


@dataclass
class WebRequest:
    """A request that the bot made."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


class _Resource:
    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: Any) -> None:
        pass


class Fields(_Resource):
    """Headers."""

    def __init__(self, entries: list[tuple[str, bytes]]) -> None:
        self._entries = entries

    @classmethod
    def from_list(cls, entries: list[tuple[str, bytes]]) -> Fields:
        return cls(entries)

    def entries(self) -> list[tuple[str, bytes]]:
        return self._entries


class _Case:
    """A case of a variant."""

    def __init__(self, value: str = "") -> None:
        self.value = value


class Method_Get(_Case): ...


class Method_Head(_Case): ...


class Method_Post(_Case): ...


class Method_Put(_Case): ...


class Method_Delete(_Case): ...


class Method_Patch(_Case): ...


class Method_Options(_Case): ...


class Method_Other(_Case): ...


class Scheme_Http(_Case): ...


class Scheme_Https(_Case): ...


class ErrorCode_HttpRequestDenied: ...


class StreamError_Closed: ...


class OutgoingBody(_Resource):
    """The body of a request."""

    def __init__(self, request: WebRequest) -> None:
        self._request = request

    def write(self) -> OutgoingBody:
        return self

    def blocking_write_and_flush(self, data: bytes) -> None:
        self._request.body += data

    @staticmethod
    def finish(body: OutgoingBody, trailers: None) -> None:
        pass


class OutgoingRequest:
    """A request on its way."""

    def __init__(self, headers: Fields) -> None:
        named = {name: value.decode() for name, value in headers.entries()}
        self.made = WebRequest("GET", "", named)
        self._scheme = self._authority = ""

    def body(self) -> OutgoingBody:
        return OutgoingBody(self.made)

    def set_method(self, method: _Case) -> None:
        self.made.method = method.value or type(method).__name__.removeprefix("Method_").upper()

    def set_scheme(self, scheme: _Case) -> None:
        self._scheme = type(scheme).__name__.removeprefix("Scheme_").lower()

    def set_authority(self, authority: str) -> None:
        self._authority = authority

    def set_path_with_query(self, path: str) -> None:
        self.made.url = f"{self._scheme}://{self._authority}{path}"


class _Answer(_Resource):
    """What the test answers, as a response, its body and its stream."""

    def __init__(self, request: WebRequest) -> None:
        self._request = request

    def subscribe(self) -> _Answer:
        return self

    def block(self) -> None:
        pass

    def get(self) -> Any:
        from botbox.testing._fake_host import current

        host = current()
        host._called("http", url=self._request.url)
        if host.web is None:
            return _Tagged(Err(ErrorCode_HttpRequestDenied()))
        status, headers, body = host.web(self._request)
        self._status, self._headers = status, headers
        self._body = body.encode() if isinstance(body, str) else body
        return _Tagged(_Tagged(self))

    def status(self) -> int:
        return self._status

    def headers(self) -> Fields:
        return Fields([(name, value.encode()) for name, value in self._headers.items()])

    def consume(self) -> _Answer:
        return self

    def stream(self) -> _Answer:
        return self

    def blocking_read(self, most: int) -> bytes:
        if not self._body:
            raise Err(StreamError_Closed())
        piece, self._body = self._body[:most], self._body[most:]
        return piece


@dataclass
class _Tagged:
    """A case with a value."""

    value: Any


def handle(request: OutgoingRequest, options: None) -> _Answer:
    """Makes a request."""
    return _Answer(request.made)
