"""The rest of LINE's API."""

from __future__ import annotations

import json
from typing import Any

from botbox._host import call, text
from wit_world.imports import line_api as host


def call_line(method: str, path: str, body: Any = None) -> Any:
    """Calls an operation that has no function of its own, and returns the JSON of the answer.

    The grant ``line-api`` lists what may be called.
    """
    content = b"" if body is None else json.dumps(body).encode()
    kind = None if body is None else "application/json"
    request = host.Request(text(method, "a method"), text(path, "the path of a call"), kind, content)
    with call():
        response = host.call(request)
    return json.loads(response.body) if response.body else None
