"""The host's bindings outside of a component: they call the fake host of the test that is running."""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

from botbox.testing import _types as types


def _host() -> Any:
    # Late, because the fake host is made of the SDK, which is made of these bindings.
    from botbox.testing._fake_host import current

    return current()


def _calls(grant: str, method: str) -> Any:
    """A function of an interface: it is noted, may have to fail, and is answered by a method of the host's."""

    def call(*arguments: Any) -> Any:
        host = _host()
        host._called(grant, arguments=arguments)
        return getattr(host, method)(*arguments)

    return call


def _sends(via: str) -> Any:
    def send(*arguments: Any) -> Any:
        host = _host()
        to, messages = ([], arguments[0]) if via == "broadcast" else (arguments[0], arguments[1])
        host._called("push", to=to)
        sent = host._deliver(via, [to] if isinstance(to, str) else to, messages)
        return sent if via == "push" else host._id("request")

    return send


def _answers(grant: str, answer: Any) -> Any:
    def call(*arguments: Any) -> Any:
        host = _host()
        host._called(grant, arguments=arguments)
        return answer(host, *arguments)

    return call


def _profile(host: Any, user_id: str) -> types.UserProfile:
    return types.UserProfile(user_id, host.profiles.get(user_id, "User"))


def _interfaces() -> dict[str, dict[str, Any]]:
    from botbox.testing import _fake_web as web
    from botbox.testing._fake_store import FakeCas

    return {
        "atomics": {
            "Cas": FakeCas,
            "CasError_CasFailed": types.CasError_CasFailed,
            "increment": lambda bucket, key, delta: bucket.increment(key, delta),
            "swap": lambda cas, value: cas.swap(value),
        },
        "content": {"get_message_content": _calls("content", "_content")},
        "current_event": {"get_json": lambda: json.dumps(_host().event)},
        "errors": {"CallError": types.CallError, "ErrorKind": types.ErrorKind},
        "group": {
            "get_group_member_profile": _answers("group", lambda host, group_id, user_id: _profile(host, user_id)),
            "get_group_summary": _answers(
                "group", lambda host, group_id: types.GroupSummary(group_id, host.groups.get(group_id, "Group"))
            ),
            "leave_group": _answers("group", lambda host, group_id: None),
        },
        "line_api": {"Request": types.Request, "call": _calls("line-api", "_line_api")},
        "loading": {"show_loading_animation": _answers("loading", lambda host, user_id, seconds: None)},
        "logging": {
            "Level": types.Level,
            "log": lambda level, name, message: _host().logged.append((level.name, message)),
        },
        "media": {"start_upload": _answers("media", lambda host, content_type, lifetime: host._upload(content_type))},
        "messages": {"Message": types.Message, "MessageBody_RawJson": types.MessageBody_RawJson},
        "outgoing_handler": {"handle": web.handle},
        "profile": {"get_profile": _answers("profile", _profile)},
        "push": {"broadcast": _sends("broadcast"), "multicast": _sends("multicast"), "push_message": _sends("push")},
        "reply": {
            "reply_message": _answers("reply", lambda host, messages, silent: host._reply(messages)),
            "reply_or_push": _answers("reply", lambda host, messages, silent, key: host._reply_or_push(messages)),
        },
        "schedule": {
            "cancel": _calls("schedule", "_cancel"),
            "run_at": _answers("schedule", lambda host, at, payload, key: host._schedule(at, payload)),
        },
        "streams": {"StreamError_Closed": web.StreamError_Closed},
        "wasi_config_store": {"get": lambda key: _host().config.get(key)},
        "wasi_http_types": vars(web),
        "wasi_keyvalue_store": {
            "Error_AccessDenied": types.Error_AccessDenied,
            "Error_NoSuchStore": types.Error_NoSuchStore,
            "Error_Other": types.Error_Other,
            "open": _answers("keyvalue", lambda host, name: host.bucket(name)),
        },
    }


def install() -> None:
    """Makes them importable under the names that they have in a component."""
    _add("componentize_py_types", {"Err": types.Err})
    world = _add("wit_world", {})
    _add("wit_world.exports", {})
    _add("wit_world.exports.handler", {"Failure_Reject": types.Failure_Reject, "Failure_Retry": types.Failure_Retry})
    world.imports = _add("wit_world.imports", {})  # type: ignore[attr-defined]
    for name, members in _interfaces().items():
        setattr(world.imports, name, _add(f"wit_world.imports.{name}", members))  # type: ignore[attr-defined]


def _add(name: str, members: dict[str, Any]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module
