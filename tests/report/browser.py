"""Headless Chromium over its debugging pipe: a page is loaded, asked and clicked without any package."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe",
]  # fmt: skip


def chromium() -> str | None:
    """The browser's command, None where there is no browser."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


class Page:
    """One tab: what it requested, what it complained about, and what it answers."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back, self._number, self._buffer = to, back, 0, b""
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.script = True
        """Whether the page may run its scripts."""

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, events noted while its answer is awaited."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params} | (
            {"sessionId": self._session} if self._session else {}
        )
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._back, 1 << 20)
            if not chunk:
                message = "the browser ended"
                raise AssertionError(message)
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\0", 1)
        event: dict[str, Any] = json.loads(line)
        self._note(event.get("method", ""), event.get("params", {}))
        return event

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self.complaints.append(params["entry"]["text"])
        if method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"].get("text", "exception"))
        if method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning", "assert"}:
            self.complaints.append(
                " ".join(str(arg.get("value", arg.get("description", ""))) for arg in params["args"])
            )
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def open(self, url: str, width: int = 1200, height: int = 900, *, dark: bool = False) -> None:
        """Load `url` in a window of this size and wait until the report says it is drawn."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call("Emulation.setScriptExecutionDisabled", value=not self.script)
        self.call("Page.navigate", url=url)
        if self.script:
            self.until("document.documentElement.dataset.ready === 'true'")
            return
        for _ in range(200):
            if self.ask("document.readyState") == "complete":
                return
            time.sleep(0.05)

    def ask(self, expression: str) -> Any:
        """Value of a JavaScript expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait, for at most ten seconds, until the expression holds."""
        check = f"if (({expression}) || ++n > 200) {{ clearInterval(t); r(!!({expression})) }}"
        wait = f"new Promise(r => {{ let n = 0; const t = setInterval(() => {{ {check} }}, 50) }})"
        assert self.ask(wait), f"never true: {expression}"

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Move, press or release the mouse there."""
        button = "none" if kind == "mouseMoved" else "left"
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)

    def key(self, name: str, *, modifiers: int = 0, command: str = "") -> None:
        """Press and release a key, as a user does: `Enter`, `Tab`, `Escape`; `command` is what an editor does on it."""
        code = {"Enter": 13, "Tab": 9, "Escape": 27, "v": 86}[name]
        said = {"key": name, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        text = {"text": "\r"} if name == "Enter" else {}
        self.call(
            "Input.dispatchKeyEvent", type="keyDown", **said, **text, **({"commands": [command]} if command else {})
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", **said)

    def picture(self, path: Path, *, whole: bool = True) -> None:
        """Save what the page looks like."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A fresh headless browser with its own profile, ended afterwards."""
    command = chromium()
    assert command is not None
    to_read, to_write = os.pipe()
    back_read, back_write = os.pipe()
    line = f'exec "$0" "$@" 3<&{to_read} 4>&{back_write}'
    process = subprocess.Popen(
        ["/bin/bash", "-c", line, command, *FLAGS, f"--user-data-dir={profile}"],
        pass_fds=(to_read, back_write),
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(back_write)
    try:
        page = Page(to_write, back_read)
        yield page
        with contextlib.suppress(AssertionError, OSError):
            page.call("Browser.close")
    finally:
        process.terminate()
        process.wait(timeout=20)
        os.close(to_write)
        os.close(back_read)
