"""The data of postbacks: names and values, written as in a URL's query."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

# The most that LINE takes, in UTF-16 code units.
_LIMIT = 300


def postback_data(**values: object) -> str:
    """Data for a postback action, such as ``action=buy&item=7``."""
    data = urlencode(values)
    if len(data) > _LIMIT:
        raise ValueError(f"the data of a postback has at most {_LIMIT} characters, not {len(data)}")
    return data


def parse_postback(data: str) -> dict[str, str]:
    """The names and values in a postback's data."""
    return dict(parse_qsl(data, keep_blank_values=True))
