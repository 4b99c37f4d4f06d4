"""The endpoints of a model hub that an upload talks to, on loopback, for the hub's own client."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

LFS_SUFFIXES = (".onnx", ".wav")


@dataclass
class LocalHub:
    """What the hub received; `refuse` maps a part of a path to the status of the answer."""

    refuse: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    created: dict[str, Any] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    commits: list[list[dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        """The status and the JSON of the answer to a POST."""
        if path.endswith("/repos/create"):
            self.created = json.loads(body)
            repo_id = f"{self.created['organization'] or 'someone'}/{self.created['name']}"
            return 200, {"url": f"{self.url}/{repo_id}"}
        if "/preupload/" in path:
            files = json.loads(body)["files"]
            return 200, {"files": [{"path": each["path"], **self._mode(each["path"])} for each in files]}
        if path.endswith("/objects/batch"):
            return 200, {"objects": [self._lfs_action(each) for each in json.loads(body)["objects"]]}
        if "/commit/" in path:
            self.commits.append([json.loads(line) for line in body.splitlines()])
            repo_id = path.removeprefix("/api/models/").partition("/commit/")[0]
            return 200, {"commitUrl": f"{self.url}/{repo_id}/commit/abc123", "commitOid": "abc123"}
        return 200, {}

    def _mode(self, path: str) -> dict[str, Any]:
        return {"uploadMode": "lfs" if path.endswith(LFS_SUFFIXES) else "regular", "shouldIgnore": False}

    def _lfs_action(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return {**wanted, "actions": {"upload": {"href": f"{self.url}/lfs/{wanted['oid']}"}}}


@contextmanager
def local_hub(**refuse: int) -> Iterator[LocalHub]:
    """Serves a hub on a free port; `local_hub(commit=403)` refuses every path that holds "commit"."""
    hub = LocalHub(refuse=refuse)

    class Door(BaseHTTPRequestHandler):
        """Speaks HTTP for the hub."""

        def do_POST(self) -> None:
            body = self._body()
            self._reply(*(self._refusal() or hub.answer(self.path, body)))

        def do_PUT(self) -> None:
            body = self._body()
            refusal = self._refusal()
            if refusal is None:
                hub.stored[self.path.rpartition("/")[2]] = body
            self._reply(*(refusal or (200, {})))

        def do_GET(self) -> None:
            self._body()
            self._reply(*(self._refusal() or (404, {"error": "not here"})))

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Keeps quiet."""

        def _body(self) -> bytes:
            hub.requests.append(f"{self.command} {self.path}")
            if self.command == "POST":
                hub.tokens.add(self.headers["Authorization"])
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _refusal(self) -> tuple[int, Any] | None:
            statuses = [status for part, status in hub.refuse.items() if part in self.path]
            body = {"error": "not you", "errors": [{"message": "not so"}], "url": f"{hub.url}/bank/intents"}
            return (statuses[0], body) if statuses else None

        def _reply(self, status: int, value: Any) -> None:
            text = json.dumps(value).encode()
            self.send_response(status)
            if status == 404 and status in hub.refuse.values():
                self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
