"""Which handler an event goes to."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

from botbox._event import Event
from botbox._postback import parse_postback

Handler = TypeVar("Handler", bound=Callable[..., Any])
Middleware = Callable[[Event, Callable[[], None]], None]
# What is to be run for an event, if it is for this handler.
_Route = Callable[[Event], Callable[[], Any] | None]


class Bot:
    """A bot: handlers for events. The first one that fits gets the event, in the order of the decorators."""

    def __init__(self) -> None:
        self._routes: list[_Route] = []
        self._middleware: list[Middleware] = []
        self._default: Callable[[Event], Any] = lambda event: None

    def on(self, type: str) -> Callable[[Handler], Handler]:
        """Handles the events of a type, such as ``follow``."""
        return self._adds(lambda event, handle: event["type"] == type and (lambda: handle(event)))

    def message(self, type: str) -> Callable[[Handler], Handler]:
        """Handles the messages of a type, such as ``image``."""
        return self._adds(
            lambda event, handle: event["type"] == "message"
            and event["message"]["type"] == type
            and (lambda: handle(event))
        )

    def text(self, pattern: str | re.Pattern[str]) -> Callable[[Handler], Handler]:
        """Handles texts in which a pattern is found. Its match is the handler's second argument."""
        compiled = re.compile(pattern)

        def route(event: Event, handle: Callable[..., Any]) -> Any:
            if event["type"] != "message" or event["message"]["type"] != "text":
                return None
            match = compiled.search(event["message"]["text"])
            return match and (lambda: handle(event, match))

        return self._adds(route)

    def postback(self, prefix: str) -> Callable[[Handler], Handler]:
        """Handles postbacks whose data begin with a prefix, such as ``action=buy``.

        The handler's second argument has the names and values in the data.
        """

        def route(event: Event, handle: Callable[..., Any]) -> Any:
            if event["type"] != "postback" or not event["postback"]["data"].startswith(prefix):
                return None
            return lambda: handle(event, parse_postback(event["postback"]["data"]))

        return self._adds(route)

    def timer(self, prefix: str) -> Callable[[Handler], Handler]:
        """Handles timers whose payload begins with a prefix. It is the handler's second argument."""

        def route(event: Event, handle: Callable[..., Any]) -> Any:
            if event["type"] != "botbox.timer" or not event["timer"]["payload"].startswith(prefix):
                return None
            return lambda: handle(event, event["timer"]["payload"])

        return self._adds(route)

    def default(self, handle: Handler) -> Handler:
        """Handles the events that are for no other handler. They are done with, when there is none."""
        self._default = _checked(handle)
        return handle

    def use(self, middleware: Middleware) -> Middleware:
        """Runs around the handlers, and around the middleware that is added later."""
        self._middleware.append(_checked(middleware))
        return middleware

    def handle(self, event: Event) -> None:
        """Handles an event. The host calls it, and so do tests."""
        self._next(event, 0)

    def _next(self, event: Event, index: int) -> None:
        if index == len(self._middleware):
            self._route(event)
        else:
            self._middleware[index](event, lambda: self._next(event, index + 1))

    def _route(self, event: Event) -> None:
        for route in self._routes:
            if run := route(event):
                run()
                return
        self._default(event)

    def _adds(self, route: Callable[[Event, Callable[..., Any]], Any]) -> Callable[[Handler], Handler]:
        def add(handle: Handler) -> Handler:
            _checked(handle)
            self._routes.append(lambda event: route(event, handle) or None)
            return handle

        return add


def _checked(handle: Handler) -> Handler:
    """A coroutine would be made and never run."""
    if inspect.iscoroutinefunction(handle):
        raise TypeError(f"{handle.__qualname__} is async: a handler is an ordinary function")
    return handle
