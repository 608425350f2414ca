"""How a result becomes a comment: one that is kept up to date, or a new one each time.

Whose comment is it? Anyone may write a comment that begins with our marker. If it were taken for ours, its author
could have us edit or delete it, or keep us silent with a time in the future. So a comment is ours only if it bears
our tag **and** the account that wrote it is the one that the token belongs to, compared by number. GitHub is asked
for that account only when a comment with our tag is there; if it does not say, no comment is ours, none is touched,
and a new one is posted. Even in one of ours a time that is ahead of the clock by more than ten minutes is no time
that a run can have had (somebody else's text, quoted by the same bot), so it does not count as newer.

New comments are posted before old ones are deleted or hidden: what fails half-way leaves two, never none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from planner.hosts.github import LONGEST_COMMENT, Comment, GitHub
from planner.hosts.marker import Marker, marked, read_marker, same_text
from planner.http.failure import TooLongError

Behaviour = Literal["update", "new", "delete-and-new", "hide-and-new"]
Deed = Literal["created", "updated", "unchanged", "newer", "quiet"]
_AHEAD_S: Final = 600.0
_SHORTER: Final = 30_000
"""Characters of the one further try where GitHub finds a body too long that by its own rule is not."""

Text = Callable[[int], str]
"""The text of a comment in at most so many characters."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it."""

    deed: Deed
    """newer: a later run has commented already; quiet: nothing worth a first comment."""
    url: str = ""
    deleted: int = 0
    hidden: int = 0
    foreign: int = 0
    """Comments that bear our tag and that somebody else wrote; they were left alone."""
    author_unknown: bool = False
    """GitHub does not say whose token it is, so that no comment counts as ours."""


def publish(
    host: GitHub, text: Text, marker: Marker, behaviour: Behaviour, now: float, *, quiet: bool = False
) -> Published:  # fmt: skip
    """Put the text on the pull request; raises HostError.

    `now` is in seconds since 1970. With `quiet` there is no first comment; one that is there is still brought up to
    date, and `new` says nothing.
    """
    if behaviour == "new":
        return Published("quiet") if quiet else Published("created", _post(host, text, marker).html_url)
    ours, foreign, author_unknown = _ours(host, marker.tag)
    newer = [comment for comment, at in ours if marker.valid_at < at <= now + _AHEAD_S]
    if newer:
        return Published("newer", newer[-1].html_url, foreign=foreign)
    if not ours and quiet:
        return Published("quiet", foreign=foreign, author_unknown=author_unknown)
    if ours and behaviour == "update":
        deed, url = _update(host, ours[-1][0], text, marker)
        return Published(deed, url, foreign=foreign)
    new = _post(host, text, marker)
    old = [comment for comment, _ in ours]
    deleted = _delete(host, old) if behaviour == "delete-and-new" else 0
    hidden = _hide(host, old) if behaviour == "hide-and-new" else 0
    return Published("created", new.html_url, deleted, hidden, foreign, author_unknown)


def fitted(text: Text, marker: Marker, limit: int = LONGEST_COMMENT) -> str:
    """The body of a comment, marker and all, within the limit."""
    return marked(marker, text(limit - len(marked(marker, ""))))


def _ours(host: GitHub, tag: str) -> tuple[list[tuple[Comment, float]], int, bool]:
    """Our comments with their times, oldest first; how many only look like ours; whether nobody says what is ours."""
    tagged = []
    for comment in host.comments():
        found = read_marker(comment.body or "")
        if found is not None and found.tag == tag:
            tagged.append((comment, found.valid_at))
    if not tagged:
        return [], 0, False
    viewer = host.viewer()
    if viewer is None:
        return [], len(tagged), True
    ours = [(comment, at) for comment, at in tagged if comment.user is not None and comment.user.id == viewer.id]
    return sorted(ours, key=lambda one: one[0].id), len(tagged) - len(ours), False


def _update(host: GitHub, comment: Comment, text: Text, marker: Marker) -> tuple[Deed, str]:
    body = fitted(text, marker)
    was = read_marker(comment.body or "")
    if same_text(comment.body or "", body) and was is not None and was.valid_at >= marker.valid_at:
        return "unchanged", comment.html_url
    # The same words at a later time move the mark on, so that an earlier run that ends late does not replace them.
    return "updated", _shorter_if_need_be(lambda body: host.edit(comment, body), text, marker).html_url


def _post(host: GitHub, text: Text, marker: Marker) -> Comment:
    return _shorter_if_need_be(host.post, text, marker)


def _shorter_if_need_be(send: Callable[[str], Comment], text: Text, marker: Marker) -> Comment:
    body = fitted(text, marker)
    try:
        return send(body)
    except TooLongError:
        if len(body) <= _SHORTER:
            raise
        return send(fitted(text, marker, _SHORTER))


def _delete(host: GitHub, comments: list[Comment]) -> int:
    for comment in comments:
        host.delete(comment)
    return len(comments)


def _hide(host: GitHub, comments: list[Comment]) -> int:
    if not comments:
        return 0
    already = host.hidden(comments)
    open_ = [comment for comment in comments if comment.node_id not in already]
    for comment in open_:
        host.hide(comment)
    return len(open_)
