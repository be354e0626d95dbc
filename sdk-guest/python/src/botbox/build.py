"""Makes a component of a bot: its module, the packages that it uses, a world of what it needs, and CPython."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_WORLD = "plugin"
# The name of the module that a component begins with.
_MAIN = "botbox_main"
# The host's interfaces that every bot needs.
_ALWAYS = ["botbox:line/current-event", "wasi:logging/logging"]
# The modules of the SDK that need more of the host.
_INTERFACES = {
    "botbox._chat": ["botbox:line/loading"],
    "botbox._config": ["wasi:config/store"],
    "botbox._content": ["botbox:line/content"],
    "botbox._group": ["botbox:line/group"],
    "botbox._late_reply": ["botbox:line/reply"],
    "botbox._line_api": ["botbox:line/line-api"],
    "botbox._media": ["botbox:line/media"],
    "botbox._profile": ["botbox:line/profile"],
    "botbox._push": ["botbox:line/push"],
    "botbox._reply": ["botbox:line/reply"],
    "botbox._schedule": ["botbox:line/schedule"],
    "botbox._store": ["wasi:keyvalue/atomics", "wasi:keyvalue/store"],
    "botbox.http": ["wasi:http/outgoing-handler", "wasi:io/streams"],
}
# The module that calls `reply-or-push`, which needs the grant `push`, too.
_LATE_REPLY = "botbox._late_reply"
# Interfaces whose short names are also others'.
_NAMES = {
    "wasi:config/store": "wasi_config_store",
    "wasi:http/types": "wasi_http_types",
    "wasi:keyvalue/store": "wasi_keyvalue_store",
}


def component(entry: Path, output: Path, packages: list[Path] | None = None) -> list[str]:
    """Makes a component of the module that has a ``bot``. Returns the host's interfaces that it imports."""
    folder, module = entry.resolve().parent, entry.stem
    sdk = Path(__file__).resolve().parent.parent
    paths = [folder, sdk, *(packages or [])]
    modules = _modules(module, paths)
    imports = sorted({*_ALWAYS, *(name for it in modules for name in _INTERFACES.get(it, []))})
    with tempfile.TemporaryDirectory(prefix="botbox-") as scratch:
        wit, main = Path(scratch, "wit"), Path(scratch, "main")
        versions = _write_world(wit, imports, replies_late=_LATE_REPLY in modules)
        main.mkdir()
        main.joinpath(f"{_MAIN}.py").write_text(
            "from botbox import _log\n"
            "from botbox._handler import handler\n"
            "_log.install()\n"
            f"from {module} import bot\n"
            "Handler = handler(bot)\n"
        )
        names = [f"{it}@{versions[it.split('/')[0]]}={name}" for it, name in _NAMES.items() if it in _with_types(imports)]
        partial = output.with_name(f"{output.name}.partial")
        command = [
            _componentize_py(), "--quiet", "--wit-path", wit, "--world", _WORLD,
            *(it for name in names for it in ("--import-interface-name", name)),
            "componentize", _MAIN, *(it for path in [*paths, main] for it in ("--python-path", path)),
            "--output", partial,
        ]  # fmt: skip
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise SystemExit(f"error: {_reason(made.stderr)}")
        # As a whole: a host that watches it must not read half of it.
        partial.replace(output)
    return imports


def _modules(module: str, paths: list[Path]) -> list[str]:
    """The modules that a bot imports, with a fake host in the host's place."""
    look = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    looked = subprocess.run([sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=False)
    if looked.returncode != 0:
        raise SystemExit(f"error: the bot's module fails when it is imported:\n{looked.stderr.strip()}")
    return json.loads(looked.stdout.splitlines()[-1])


def _write_world(folder: Path, imports: list[str], *, replies_late: bool) -> dict[str, str]:
    """Writes a world with these imports, and all that it is made of. Returns the packages' versions."""
    shutil.copytree(_wit("botbox", "../../wit"), folder)
    for file in _wit("wasi", "wit").glob("*.wit"):
        shutil.copy(file, folder / "deps")
    for file in folder.glob("*.wit"):
        if not replies_late:
            file.write_text(re.sub(r"^ *reply-or-push: func\(.*;$", "", file.read_text(), flags=re.M))
    heads = (re.search(r"^package ([\w:-]+)@(\S+);", it.read_text(), re.M) for it in (folder / "deps").iterdir())
    versions = {it[1]: it[2] for it in heads if it}
    lines = "".join(f"  import {_in_world(it, versions)};\n" for it in imports)
    folder.joinpath(f"{_WORLD}.wit").write_text(f"world {_WORLD} {{\n{lines}  export handler;\n}}\n")
    return versions


def _wit(published: str, in_repository: str) -> Path:
    """A folder of WIT files: in the installed package, or in the repository."""
    package = Path(__file__).resolve().parent
    installed = package / "wit" / published
    return installed if installed.exists() else (package / "../.." / in_repository).resolve()


def _in_world(name: str, versions: dict[str, str]) -> str:
    package, _, interface = name.partition("/")
    return interface if package == "botbox:line" else f"{name}@{versions[package]}"


def _with_types(imports: list[str]) -> list[str]:
    return [*imports, *(["wasi:http/types"] if "wasi:http/outgoing-handler" in imports else [])]


def _componentize_py() -> str:
    beside = Path(sys.executable).with_name("componentize-py")
    found = str(beside) if beside.exists() else shutil.which("componentize-py")
    if found is None:
        raise SystemExit("error: there is no componentize-py; run `pip install 'botbox-sdk[build]'`")
    return found


def _reason(stderr: str) -> str:
    """The end of what componentize-py says, which begins with a traceback of its own."""
    said = stderr.split("AssertionError:", 1)[-1]
    return said.split("Stack backtrace:")[0].strip()


def main() -> None:
    """``botbox-component ENTRY --output PLUGIN.wasm``"""
    parser = argparse.ArgumentParser(description="Makes a component of a bot.")
    parser.add_argument("entry", type=Path, help="the module that has a `bot`")
    parser.add_argument("--output", "-o", type=Path, required=True)
    parser.add_argument("--packages", type=Path, action="append", help="a folder of packages that the bot uses")
    parser.add_argument("--imports", action="store_true", help="lists the host's interfaces that it imports")
    arguments = parser.parse_args()
    imports = component(arguments.entry, arguments.output, arguments.packages)
    print(f"  {arguments.output} ({-(-arguments.output.stat().st_size // 1000)} kB)")
    if arguments.imports:
        print("\n".join(imports))


if __name__ == "__main__":
    main()
