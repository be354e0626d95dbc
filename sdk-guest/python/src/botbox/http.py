"""Requests to the web (grant ``http``).

    from botbox import http

    answer = http.get("https://api.example.com/weather").json()
"""

from __future__ import annotations

import json as _json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from botbox._errors import CallError
from botbox._host import check, text
from componentize_py_types import Err
from wit_world.imports import outgoing_handler, streams
from wit_world.imports import wasi_http_types as types

# The most of a body that is read or written at a time; the host takes 4 KiB of a request's.
_READ = 64 << 10
_WRITE = 4 << 10
# How many redirects are followed.
_REDIRECTS = 20
# The passing failures: another try can go well.
_PASSING = {
    "DnsTimeout", "DnsError", "DestinationUnavailable", "ConnectionRefused", "ConnectionTerminated",
    "ConnectionTimeout", "ConnectionReadTimeout", "ConnectionWriteTimeout", "ConnectionLimitReached",
    "HttpResponseIncomplete", "HttpResponseTimeout",
}  # fmt: skip
_METHODS = {"GET": types.Method_Get, "HEAD": types.Method_Head, "POST": types.Method_Post, "PUT": types.Method_Put,
            "DELETE": types.Method_Delete, "PATCH": types.Method_Patch, "OPTIONS": types.Method_Options}


@dataclass(frozen=True)
class Response:
    """What a server answered. The names of ``headers`` are in small letters."""

    url: str
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether it is a success: 200 to 299."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON."""
        return _json.loads(self.content)


def get(url: str, *, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Makes a GET request."""
    query = "" if not params else ("&" if "?" in url else "?") + urlencode(params)
    return request("GET", url + query, headers=headers)


def post(url: str, *, json: Any = None, data: bytes | str | Mapping[str, Any] | None = None,
         headers: Mapping[str, str] | None = None) -> Response:
    """Makes a POST request with JSON, bytes, a text, or the names and values of a form."""
    return request("POST", url, json=json, data=data, headers=headers)


def request(
    method: str,
    url: str,
    *,
    json: Any = None,
    data: bytes | str | Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Makes a request, and follows redirects.

    What the host or the network refuses is raised as a CallError: ``denied`` without a grant, ``unavailable``
    when another try can go well.
    """
    check()
    fields = {text(name, "a header's name").lower(): text(value, "a header") for name, value in (headers or {}).items()}
    body = _body(json, data, fields)
    for _ in range(_REDIRECTS):
        response = _request(method, url, fields, body)
        location = response.headers.get("location")
        if location is None or not 300 <= response.status < 400:
            return response
        url = urljoin(url, location)
        if response.status == 303 or (response.status < 303 and method == "POST"):
            method, body = "GET", None
    raise CallError("other", f"{url} redirects without end")


def _body(json: Any, data: Any, fields: dict[str, str]) -> bytes | None:
    if json is not None:
        kind, body = "application/json", _json.dumps(json).encode()
    elif isinstance(data, Mapping):
        kind, body = "application/x-www-form-urlencoded", urlencode(data).encode()
    elif isinstance(data, str):
        kind, body = "text/plain;charset=utf-8", data.encode()
    elif data is not None:
        kind, body = "application/octet-stream", bytes(data)
    else:
        return None
    fields.setdefault("content-type", kind)
    return body


def _request(method: str, url: str, fields: dict[str, str], body: bytes | None) -> Response:
    parts = urlsplit(text(url, "a URL"))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{url} is no URL of http or https")
    origin = f"{parts.scheme}://{parts.netloc}"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sized = dict(fields) if body is None else {**fields, "content-length": str(len(body))}
    made = types.OutgoingRequest(types.Fields.from_list([(name, value.encode()) for name, value in sized.items()]))
    made.set_method(_METHODS.get(method, lambda: types.Method_Other(method))())
    made.set_scheme(types.Scheme_Http() if parts.scheme == "http" else types.Scheme_Https())
    made.set_authority(parts.netloc)
    made.set_path_with_query(path)
    outgoing = None if body is None else made.body()
    try:
        future = outgoing_handler.handle(made, None)
    except Err as refused:
        raise _error(refused.value, origin) from None
    if outgoing is not None and body is not None:
        _write(outgoing, body)
    with future:
        with future.subscribe() as pollable:
            pollable.block()
        answer = future.get()
        result = answer.value if answer is not None else None
        if isinstance(result, Err):
            raise _error(result.value, origin)
        with result.value as response:
            with response.headers() as got:
                headers = {name.lower(): value.decode(errors="replace") for name, value in got.entries()}
            return Response(url, response.status(), headers, _read(response, origin))


def _write(outgoing: Any, body: bytes) -> None:
    try:
        with outgoing.write() as stream:
            for at in range(0, len(body), _WRITE):
                stream.blocking_write_and_flush(body[at : at + _WRITE])
        types.OutgoingBody.finish(outgoing, None)
    except Err:
        # Nobody takes the body any more: the response says why.
        outgoing.__exit__(None, None, None)


def _read(response: Any, origin: str) -> bytes:
    pieces = []
    with response.consume() as body, body.stream() as stream:
        while True:
            try:
                pieces.append(stream.blocking_read(_READ))
            except Err as ended:
                if isinstance(ended.value, streams.StreamError_Closed):
                    return b"".join(pieces)
                message = f"the body of a response of {origin} could not be read"
                raise CallError("unavailable", message) from None


def _error(code: Any, origin: str) -> CallError:
    name = type(code).__name__.removeprefix("ErrorCode_")
    if name == "HttpRequestDenied":
        return CallError("denied", f"{origin} is not in `http` among the channel's grants")
    kind = "unavailable" if name in _PASSING else "other"
    return CallError(kind, f"the request to {origin} failed: {name}")
