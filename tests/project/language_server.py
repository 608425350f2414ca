"""The language server that editors use for YAML, as an editor talks to it: JSON-RPC on stdin and stdout."""

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .checkout import ROOT

SERVER = ROOT / ".foreign" / "editor" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
OFFLINE = Path(__file__).with_name("offline.cjs")
SECONDS = 60
"""How long an answer may take before the test fails; loading a schema takes about one."""
SETTINGS = {
    "yaml": {
        "validate": True, "hover": True, "completion": True, "format": {"enable": False},
        "schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False},
    },
    "http": {"proxy": "", "proxyStrictSSL": True},
    "telemetry": {"enabled": False}, "redhat": {"telemetry": {"enabled": False}},
}  # fmt: skip
"""No catalogue of schemas is fetched: what the server knows is what the file's own first line names."""

Message = dict[str, Any]


def missing() -> str:
    """What keeps the server from being started; empty where nothing does."""
    if not shutil.which("node"):
        return "needs Node.js"
    return "" if SERVER.is_file() else "needs yaml-language-server in .foreign/ (tools/foreign.sh puts it there)"


class Editor:
    """An editor with documents open; a request waits for its answer, notifications are kept."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._process = process
        self._inbox: queue.Queue[Message | None] = queue.Queue()
        self._count = 0
        self._diagnostics: dict[str, list[Message]] = {}
        self.asked: list[str] = []
        """Methods that the server called on the editor."""
        threading.Thread(target=self._listen, daemon=True).start()
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
                "capabilities": {
                    "textDocument": {
                        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                        "hover": {"contentFormat": ["markdown"]},
                        "publishDiagnostics": {},
                    },
                    "workspace": {"configuration": True},
                },
            },
        )
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": SETTINGS}})

    def open(self, path: Path, text: str) -> str:
        """Open a document with this text, not yet saved; its URI."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return path.as_uri()

    def diagnostics(self, uri: str) -> list[Message]:
        """What the server complains about, once it has looked."""
        while uri not in self._diagnostics:
            self._take()
        return self._diagnostics[uri]

    def completions(self, uri: str, line: int, character: int) -> dict[str, Message]:
        """Label → item of all that could be written here; line and character from 0."""
        answer = self.request("textDocument/completion", self._position(uri, line, character))
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: item for item in items}

    def hover(self, uri: str, line: int, character: int) -> str:
        """The text that the editor shows under the mouse; empty where there is none."""
        answer = self.request("textDocument/hover", self._position(uri, line, character))
        return str(answer["contents"]["value"]) if answer else ""

    def request(self, method: str, params: Any) -> Any:
        """Ask the server, and wait for its answer."""
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def close(self) -> None:
        """End the server as the protocol asks for."""
        self.request("shutdown", None)
        self._send({"method": "exit", "params": None})

    @staticmethod
    def _position(uri: str, line: int, character: int) -> Message:
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _take(self) -> Message:
        """The next message; what the server asks of the editor is answered here."""
        try:
            message = self._inbox.get(timeout=SECONDS)
        except queue.Empty:
            why = f"the language server said nothing for {SECONDS} s"
            raise AssertionError(why) from None
        assert message is not None, "the language server has ended"
        method = message.get("method")
        if method == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif method and "id" in message:
            self.asked.append(method)
            self._send({"id": message["id"], "result": self._answer(method, message.get("params"))})
        return message

    @staticmethod
    def _answer(method: str, params: Any) -> Any:
        if method == "workspace/configuration":
            return [_setting(item.get("section", "")) for item in params["items"]]
        return None

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while header := self._process.stdout.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                header = self._process.stdout.readline()
            self._inbox.put(json.loads(self._process.stdout.read(length)))
        self._inbox.put(None)


def _setting(section: str) -> Any:
    """The part of SETTINGS that a dotted name means; nothing where there is none."""
    found: Any = SETTINGS
    for word in filter(None, section.split(".")):
        found = found.get(word) if isinstance(found, dict) else None
    return found


@contextmanager
def editor(folder: Path, notes: Path) -> Iterator[Editor]:
    """An editor that has this folder open, and its server; what the server tries to reach is written into `notes`."""
    node = shutil.which("node")
    assert node is not None
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [node, "--require", str(OFFLINE), str(SERVER), "--stdio"], cwd=folder, env={**kept, "TRIED": str(notes)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        client = Editor(process, folder)
        yield client
        client.close()
        assert process.wait(timeout=SECONDS) == 0
    finally:
        process.kill()
        process.communicate()
