"""Comments on pull requests through GitHub's REST API (2022-11-28), and its GraphQL API for what REST lacks.

The token goes to the API's own host and nowhere else: redirects and links to later pages are followed only there. It
is never part of a message.
"""

import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from planner.errors import InputError
from planner.hosts.complaints import failure_of, graphql_failure, mapping
from planner.hosts.plain import plain
from planner.http.addresses import Address, AddressError, read_address
from planner.http.answer import Answer
from planner.http.failure import BrokenAnswerError, PermissionMissingError, RefusedError
from planner.http.transport import Transport
from planner.version import __version__

LONGEST_COMMENT: Final = 65_536
"""Characters that GitHub takes."""
API_VERSION: Final = "2022-11-28"
MOST_PAGES: Final = 100
"""Of a hundred comments each."""
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_TOKEN: Final = re.compile(r"[!-~]{1,1000}")
_MOST_REDIRECTS: Final = 3
_LINK: Final = re.compile(r'<([^<>]{1,4000})>((?:\s*;\s*[a-z]{1,20}="[^"]{0,200}")*)')
_HIDDEN: Final = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on IssueComment { isMinimized } } }"
_HIDE: Final = (
    "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) "
    "{ minimizedComment { isMinimized } } }"
)
_VIEWER: Final = "query { viewer { login databaseId } }"


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Author(_Read):
    """Who wrote a comment, or whose token it is."""

    id: int
    login: str = ""


class Comment(_Read):
    """A comment, as far as we look at it."""

    id: int
    node_id: str = ""
    body: str | None = None
    html_url: str = ""
    user: Author | None = None
    """None for somebody who is no longer there."""


_COMMENTS: Final = TypeAdapter(list[Comment])
_T = TypeVar("_T")


class GitHub:
    """The comments of one pull request."""

    def __init__(self, transport: Transport, api: Address, token: str, repository: str, pull_request: int) -> None:
        if not _REPOSITORY.fullmatch(repository):
            message = f"{plain(repository)!r} is no repository; write owner/name"
            raise InputError(message)
        if not _TOKEN.fullmatch(token):
            message = "GITHUB_TOKEN holds no token: it is empty, too long, or has a blank or a line break in it"
            raise InputError(message)
        self.name = f"{repository}#{pull_request}"
        self._transport, self._api, self._token = transport, api, token
        self._repository = f"/repos/{repository}"
        self._comments = f"{self._repository}/issues/{pull_request}/comments"

    def comments(self) -> Iterator[Comment]:
        """Every comment, oldest first, page by page."""
        address: Address | None = self._address(f"{self._comments}?{urlencode({'per_page': 100})}")
        seen: set[str] = set()
        while address is not None:
            seen.add(address.url)
            answer = self._ask("GET", address)
            yield from self._read(answer, _COMMENTS.validate_json)
            address = self._next(address, answer)
            if address is not None and (address.url in seen or len(seen) >= MOST_PAGES):
                message = f"{self.name} has more than {MOST_PAGES} pages of comments, or its pages run in a circle"
                raise BrokenAnswerError(message)

    def post(self, body: str) -> Comment:
        """The new comment. A request that may have worked is made again only if the comment is not there."""

        def settled() -> Answer | None:
            there = [comment for comment in self.comments() if comment.body == body]
            return Answer(HTTPStatus.CREATED, {}, there[-1].model_dump_json().encode()) if there else None

        answer = self._ask("POST", self._address(self._comments), {"body": body}, settled)
        return self._read(answer, Comment.model_validate_json)

    def edit(self, comment: Comment, body: str) -> Comment:
        """The comment with this body instead of its own."""
        answer = self._ask("PATCH", self._comment(comment), {"body": body})
        return self._read(answer, Comment.model_validate_json)

    def delete(self, comment: Comment) -> None:
        """Remove it; one that is gone already is no failure."""
        self._ask("DELETE", self._comment(comment), gone_is_fine=True)

    def hidden(self, comments: list[Comment]) -> set[str]:
        """Node ids of those that are minimised already."""
        ids = [comment.node_id for comment in comments]
        found: set[str] = set()
        for start in range(0, len(ids), 100):
            nodes = self._graphql(_HIDDEN, {"ids": ids[start : start + 100]}).get("nodes")
            for node in nodes if isinstance(nodes, list) else ():
                if isinstance(node, dict) and node.get("isMinimized") is True:
                    found.add(str(node.get("id")))
        return found

    def hide(self, comment: Comment) -> None:
        """Minimise it as outdated."""
        self._graphql(_HIDE, {"id": comment.node_id})

    def viewer(self) -> Author | None:
        """Whose token it is; None where GitHub does not say.

        REST tells users; to an app's token, such as the one of a workflow, it answers 403, and GraphQL tells.
        """
        try:
            return self._read(self._ask("GET", self._address("/user")), Author.model_validate_json)
        except (PermissionMissingError, RefusedError):
            pass
        try:
            found = self._graphql(_VIEWER, {}).get("viewer")
        except (PermissionMissingError, RefusedError):
            return None
        if not isinstance(found, dict) or not isinstance(found.get("databaseId"), int):
            return None
        return Author(id=found["databaseId"], login=str(found.get("login")))

    def _comment(self, comment: Comment) -> Address:
        return self._address(f"{self._repository}/issues/comments/{comment.id}")

    def _address(self, path: str) -> Address:
        return read_address(self._api.url.rstrip("/") + path)

    def _graphql(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data; GraphQL tells of most failures with status 200."""
        root = self._api.url.rstrip("/")
        address = read_address((root.removesuffix("/v3") if root.endswith("/api/v3") else root) + "/graphql")
        answer = self._ask("POST", address, {"query": query, "variables": variables})
        content = self._read(answer, mapping)
        if content.get("errors"):
            raise graphql_failure(content["errors"], self.name)
        data = content.get("data")
        return data if isinstance(data, dict) else {}

    def _ask(
        self, method: str, address: Address, content: dict[str, Any] | None = None,
        settled: Callable[[], Answer | None] | None = None, *, gone_is_fine: bool = False,
    ) -> Answer:  # fmt: skip
        """The answer, if it is one of success; redirects are followed on the same host, with the same method."""
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "User-Agent": f"finetune-planner/{__version__}",
            "X-GitHub-Api-Version": API_VERSION,
        }
        body = None
        if content is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(content).encode()
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._transport.send(method, address, headers, body, settled)
            if answer.status not in (301, 302, 307, 308):
                break
            address = self._elsewhere(address, answer.headers.get("location", ""), "a redirect")
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        if gone_is_fine and answer.status == HTTPStatus.NOT_FOUND:
            return answer
        raise failure_of(answer, self.name, self._api.host)

    def _elsewhere(self, address: Address, reference: str, what: str) -> Address:
        try:
            return address.to(reference)
        except AddressError:
            message = f"GitHub's answer about {self.name} holds {what} to another host; it is not followed"
            raise BrokenAnswerError(message) from None

    def _next(self, address: Address, answer: Answer) -> Address | None:
        for target, parameters in _LINK.findall(answer.headers.get("link", "")[:20_000]):
            if re.search(r'rel="(?:[^"]* )?next(?: [^"]*)?"', parameters):
                return self._elsewhere(address, target, "a link")
        return None

    def _read(self, answer: Answer, reader: Callable[[bytes], _T]) -> _T:
        try:
            return reader(answer.body)
        except (ValidationError, ValueError):
            message = f"what {self._api.host} answers about {self.name} is not what GitHub's API answers"
            raise BrokenAnswerError(message) from None
