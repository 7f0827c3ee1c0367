"""A Chromium of our own, spoken to over its debugging pipe: NUL-ended JSON on file descriptors 3 and 4."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No display and no sandbox, as in a container; it loads nothing but the page given here.
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe")
# Popen hands descriptors on under their own numbers, Chromium wants 3 and 4.
PUT_PIPES_IN_PLACE = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
READ_BYTES = 1 << 20
PATIENCE_SECONDS = 60


class BrowserFailed(RuntimeError):
    """The browser answered a command with an error, or ended."""


class Page:
    """One page of a running browser; commands are sent and answered one after the other."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._rest = b""
        self._numbers = count(1)
        self._session: str | None = None

    def open(self) -> None:
        """Make an empty page; raises BrowserFailed."""
        target = self.command("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self.command("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]

    def command(self, method: str, parameters: Mapping[str, object]) -> Any:
        """Return the result of a command of the DevTools protocol; raises BrowserFailed."""
        number = next(self._numbers)
        message: dict[str, object] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserFailed(answer["error"]["message"])
                return answer["result"]

    def evaluate(self, expression: str) -> None:
        """Run JavaScript on the page to its end; raises BrowserFailed."""
        result = self.command("Runtime.evaluate", {"expression": expression, "awaitPromise": True})
        if "exceptionDetails" in result:
            raise BrowserFailed(result["exceptionDetails"]["text"])

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._commands, data) :]

    def _read(self) -> bytes:
        parts = [self._rest]
        while b"\0" not in parts[-1]:
            if not select.select([self._answers], [], [], PATIENCE_SECONDS)[0]:
                raise BrowserFailed("the browser does not answer")
            part = os.read(self._answers, READ_BYTES)
            if not part:
                raise BrowserFailed("the browser has ended")
            parts.append(part)
        message, _, self._rest = b"".join(parts).partition(b"\0")
        return message


def find_browser() -> str | None:
    """Return the path of an installed Chromium."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def a_page(browser: str, profile: Path) -> Iterator[Page]:
    """Run a browser with one empty page and a profile folder of its own; raises BrowserFailed."""
    command_end, commands = os.pipe()
    answers, answer_end = os.pipe()
    # Above 4, so that putting one in its place does not close the other.
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (command_end, answer_end)]
    arguments = [sys.executable, "-c", PUT_PIPES_IN_PLACE, *map(str, ends)]
    browsing = [browser, *OPTIONS, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        [*arguments, *browsing], pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for end in (command_end, answer_end, *ends):
        os.close(end)
    try:
        page = Page(commands, answers)
        page.open()
        yield page
    finally:
        # The end of the pipe ends the browser.
        os.close(commands)
        os.close(answers)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
