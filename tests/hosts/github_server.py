"""GitHub's API as far as comments go, with what it really does: pages, limits, refusals, two ways to say who one is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from tests.http.servers import Reply, Request, Server

BOT = {"id": 41898282, "login": "github-actions[bot]", "type": "Bot"}
STRANGER = {"id": 666, "login": "stranger", "type": "User"}
ISSUE = "/repos/acme/models/issues/12/comments"
LIST = f"{ISSUE}?per_page=100"
BY_APP = {"message": "Resource not accessible by integration", "status": "403"}
WHO = {"query": "query { viewer { login databaseId } }", "variables": {}}


@dataclass
class FakeGitHub:
    """One pull request, acme/models#12, and a token of `me`."""

    server: Server
    me: dict[str, Any] = field(default_factory=lambda: dict(BOT))
    tells: Literal["app", "user", "nobody"] = "app"
    """How it says whose token it is: an app's is refused by REST and named by GraphQL."""
    page_size: int = 100
    read_only: bool = False
    longest: int = 65_536
    comments: list[dict[str, Any]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    faults: list[Callable[[Request], Reply | None]] = field(default_factory=list)
    """Asked in turn before anything else; one that answers is used up."""

    def __post_init__(self) -> None:
        self.server.answer = self.answer

    def write(self, body: str, user: dict[str, Any] | None = None) -> dict[str, Any]:
        """A comment that is there, of the token's own account unless said otherwise."""
        number = 1000 + len(self.comments) + 1
        comment = {
            "id": number, "node_id": f"IC_{number}", "body": body, "user": user or self.me,
            "html_url": f"https://github.test/acme/models/pull/12#issuecomment-{number}",
            "created_at": "2026-11-29T20:00:00Z", "author_association": "NONE",
        }  # fmt: skip
        self.comments.append(comment)
        return comment

    def once(self, method: str, reply: Reply, *, works: bool = False, path: str = "") -> None:
        """Answer one request of this method with `reply`; with `works` do what it asks for all the same."""

        def fault(request: Request) -> Reply | None:
            if request.method != method or path not in request.path:
                return None
            if works:
                self._served(request)
            return reply

        self.faults.append(fault)

    def answer(self, request: Request) -> Reply:
        for fault in self.faults:
            if (reply := fault(request)) is not None:
                self.faults.remove(fault)
                return reply
        return self._served(request)

    def _served(self, request: Request) -> Reply:
        path = urlsplit(request.path).path
        if path == "/user":
            return Reply(200, self.me) if self.tells == "user" else Reply(403, BY_APP)
        if path == "/graphql":
            return self._graphql(request.json)
        if request.method == "GET" and path == ISSUE:
            return self._page(request)
        if self.read_only:
            return Reply(403, BY_APP)
        if request.method == "POST" and path == ISSUE:
            return self._taken(request, lambda body: (201, self.write(body)))
        found = next((c for c in self.comments if path == f"/repos/acme/models/issues/comments/{c['id']}"), None)
        if found is None:
            return Reply(404, {"message": "Not Found", "status": "404"})
        if request.method == "DELETE":
            self.comments.remove(found)
            return Reply(204)
        return self._taken(request, lambda body: (200, self._edited(found, body)))

    def _edited(self, comment: dict[str, Any], body: str) -> dict[str, Any]:
        comment["body"] = body
        return comment

    def _taken(self, request: Request, done: Callable[[str], tuple[int, dict[str, Any]]]) -> Reply:
        body = request.json["body"]
        if len(body) > self.longest:
            error = {"resource": "IssueComment", "code": "unprocessable", "field": "data",
                     "message": f"Body is too long (maximum is {self.longest} characters)"}  # fmt: skip
            return Reply(422, {"message": "Validation Failed", "errors": [error], "status": "422"})
        return Reply(*done(body))

    def _page(self, request: Request) -> Reply:
        query = parse_qs(urlsplit(request.path).query)
        page, size = int(query.get("page", ["1"])[0]), min(int(query["per_page"][0]), self.page_size)
        some = self.comments[(page - 1) * size : page * size]
        last = max(1, -(-len(self.comments) // size))
        links = {"prev": page - 1, "first": 1} if page > 1 else {}
        links |= {"next": page + 1, "last": last} if page < last else {}
        told = ", ".join(f'<{self.server.url}{LIST}&page={number}>; rel="{name}"' for name, number in links.items())
        return Reply(200, some, {"Link": told} if told else {})

    def _graphql(self, asked: dict[str, Any]) -> Reply:
        if "viewer" in asked["query"]:
            if self.tells == "nobody":
                return Reply(200, {"data": None, "errors": [{"type": "FORBIDDEN", "message": BY_APP["message"]}]})
            return Reply(200, {"data": {"viewer": {"login": self.me["login"], "databaseId": self.me["id"]}}})
        if "nodes" in asked["query"]:
            nodes = [{"id": id_, "isMinimized": id_ in self.hidden} for id_ in asked["variables"]["ids"]]
            return Reply(200, {"data": {"nodes": nodes}})
        if self.read_only:
            return Reply(200, {"data": None, "errors": [{"type": "FORBIDDEN", "message": BY_APP["message"]}]})
        self.hidden.add(asked["variables"]["id"])
        return Reply(200, {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}})
