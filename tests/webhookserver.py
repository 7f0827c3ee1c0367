"""A real web server on loopback that takes webhooks as their standard says, on whichever port is free."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@dataclass(frozen=True)
class Post:
    """One webhook as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def is_genuine(self) -> bool:
        """Whether its signature is of our key, worked out from the standard's text."""
        content = b".".join((self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body))
        code = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
        return f"v1,{code}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Keeps what it takes; `statuses` are its next answers (0: hangs up without one), 204 when they are used up."""

    posts: list[Post] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    look: Callable[[], None] = lambda: None
    location: str = ""

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.look()
                receiver.posts.append(Post({name.lower(): value for name, value in self.headers.items()}, body))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                if receiver.location:
                    self.send_header("location", receiver.location)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hooks"

    def about(self, batch_id: str) -> Sequence[Post]:
        """Those about a batch."""
        return [post for post in self.posts if batch_id.encode() in post.body]
