"""Scenarios among the files of a tree, and which of two trees are the same one."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import yaml

from planner.calibrate.overlay import KIND as CALIBRATION
from planner.catalog.prices.mapping import KIND as MAPPING
from planner.gate.looking import Peek, peek, scalars
from planner.locking.lock import KIND as LOCK
from planner.locking.lock import is_lock
from planner.outcome import Check, Difference
from planner.policy.governance import FORMS
from planner.revision.changes import refuse_odd_name
from planner.revision.closure import YAML
from planner.revision.tree import Entry, Tree, follow, real_folder
from planner.scenario import KINDS
from planner.scenario.catalog_overlay import KIND as OVERLAY
from planner.scenario.lineage import MAX_GENERATIONS
from planner.source import MAX_BYTES

WRITTEN: Final = frozenset(str(document.model_fields["kind"].default) for document in (Check, Difference))
"""Kinds of what the planner writes with `--out`; a plan is told by its key `planner`."""
UNJUDGED: Final = frozenset(KINDS) - {"FineTune", "Serving"}
"""Kinds of scenarios that are held against no rule: a review looks back, a portfolio and a case rest on scenarios that
are."""
OTHERS: Final = frozenset({*FORMS, LOCK, CALIBRATION, MAPPING, OVERLAY, *WRITTEN, *UNJUDGED})
"""Kinds of documents that plan nothing which could be held against rules."""
SIMILAR: Final = 0.6
"""Share of equal lines from which a file that is gone and one that is new are one that moved."""
MOST_LIKENESSES: Final = 2_500
"""Pairs of files whose lines are compared; of more, only name and content are."""
ENDINGS: Final = (*YAML, ".json")
"""How the file of a scenario may end."""
VERSION: Final = "planner/v1"
TEMPLATE: Final = "template.yaml"
"""What a folder with a report template says about itself; it extends another by its bare name."""
_BARE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is, or tries to be, a scenario."""

    path: str
    entry: Entry
    peek: Peek
    data: bytes


@dataclass(frozen=True, slots=True)
class Search:
    """Where scenarios are looked for."""

    paths: Sequence[str] = ("",)
    """Folders and files, from the root; in these, YAML that cannot be read is taken for a scenario."""
    elsewhere: Sequence[str] = ()
    """Further files, of any ending, that may be one: what a change touches outside of the paths."""
    everywhere: bool = False
    """Whether all other files of a scenario's ending are looked at too: what they rest on may be what changed."""
    ignored: Sequence[str] = ()
    """Patterns of such files that nobody runs: tests, examples."""
    unjudged: bool = False
    """Whether reviews, portfolios and cases below `paths` count too: they are planned, and held against no rule."""


def find_scenarios(tree: Tree, search: Search) -> dict[str, Found]:
    """Path → scenario; bases for others are none. Raises RevisionError for what cannot be told in a report."""
    found: dict[str, Found] = {}
    for under in search.paths:
        for entry in _near(tree, under):
            one = _look(tree, entry)
            if entry.path not in found and (
                (search.unjudged and one.peek.kind in UNJUDGED and not one.peek.abstract)
                or _is_scenario(tree, one, near=True, named=entry.path == under)
            ):
                found[entry.path] = one
    further = [tree.entry(path) for path in search.elsewhere]
    if search.everywhere:
        further += [entry for entry in tree.files("", ENDINGS) if _may_be(tree, entry)]
    for entry_ in further:
        if (
            entry_ is None
            or entry_.form not in ("file", "link")
            or entry_.path in found
            or _ignored(entry_.path, search)
        ):
            continue
        if follow(tree, entry_.path.rpartition("/")[0])[1]:
            continue  # behind a link: it is found where it lies
        one = _look(tree, entry_)
        if _is_scenario(tree, one, near=False, named=False):
            found[entry_.path] = one
    for path in found:
        refuse_odd_name(tree, path)
    return dict(sorted(found.items()))


def is_template(path: str, look: Peek) -> bool:
    """Whether a file tells of a report template, not of a scenario: by its name, and since it builds on a bare name."""
    bare = all(_BARE.fullmatch(name) for name in look.extends)
    return path.rpartition("/")[2] == TEMPLATE and look.kind is None and look.api_version is None and bare


def pair(base: Mapping[str, Found], head: Mapping[str, Found]) -> list[tuple[Found | None, Found | None]]:
    """Both sides of every scenario: by path, then content, name and likeness; in the order of the head's paths."""
    pairs: dict[str, tuple[Found | None, Found | None]] = {p: (base[p], head[p]) for p in head if p in base}
    gone = [one for path, one in base.items() if path not in head]
    new = [one for path, one in head.items() if path not in base]
    for rule in (_same_content, _same_name, _alike):
        for one in list(new):
            other = rule(one, gone) if len(gone) * len(new) <= MOST_LIKENESSES or rule is not _alike else None
            if other is not None:
                pairs[one.path] = (other, one)
                gone.remove(other)
                new.remove(one)
    pairs |= {one.path: (None, one) for one in new} | {one.path: (one, None) for one in gone}
    return [pairs[path] for path in sorted(pairs)]


def _near(tree: Tree, under: str) -> Iterator[Entry]:
    """YAML below a folder where scenarios belong, links to folders followed once each."""
    waiting, seen = [real_folder(tree, under)], set[str]()
    while waiting:
        folder = waiting.pop()
        if folder in seen:
            continue
        seen.add(folder)
        yield from tree.files(folder, YAML)
        for link in tree.links(folder):
            target = follow(tree, link.path)[0]
            if target is not None and target.form == "folder":
                waiting.append(target.path)


def _may_be(tree: Tree, entry: Entry) -> bool:
    """A quick look at a file that the change does not touch: what was merged was judged then, and says what it is."""
    if entry.form != "file" or entry.size > MAX_BYTES:
        return False
    data = tree.read(entry)
    return VERSION.encode() in data or b"extends" in data


def _look(tree: Tree, entry: Entry) -> Found:
    file = entry if entry.form == "file" else follow(tree, entry.path)[0]
    if file is None or file.form != "file" or file.size > MAX_BYTES:
        return Found(entry.path, entry, Peek(readable=False), b"")
    data = tree.read(file)
    return Found(entry.path, entry, peek(data), data)


def _ignored(path: str, search: Search) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in search.ignored)


def _is_scenario(tree: Tree, one: Found, *, near: bool, named: bool) -> bool:
    """Whether a file is to be read as one.

    `near`, where scenarios belong, what cannot be parsed is, so that somebody hears of it; elsewhere only what says so,
    or builds on what does.
    """
    look = one.peek
    if look.abstract or look.made or look.kind in OTHERS or (not look.readable and (is_lock(one.path) or not near)):
        return False
    if not look.readable or look.kind in KINDS or look.api_version == VERSION or (named and not is_lock(one.path)):
        return True
    if look.kind is not None or not look.extends or is_template(one.path, look):
        return False
    return near or any(_says_so(tree, one.path, look, MAX_GENERATIONS))


def _says_so(tree: Tree, path: str, look: Peek, left: int) -> Iterator[bool]:
    """For each file that one builds on, whether it is of a kind of ours."""
    for name in look.extends if left else ():
        folder = path.rpartition("/")[0]
        base = follow(tree, f"{folder}/{name}" if folder and not name.startswith("/") else name)[0]
        if base is None or base.form != "file" or base.size > MAX_BYTES:
            continue
        said = peek(tree.read(base))
        yield said.kind in KINDS or said.api_version == VERSION or any(_says_so(tree, base.path, said, left - 1))


def _same_content(one: Found, gone: list[Found]) -> Found | None:
    return next((other for other in gone if other.entry.digest == one.entry.digest), None)


def _same_name(one: Found, gone: list[Found]) -> Found | None:
    if one.peek.name is None:
        return None
    same = [other for other in gone if other.peek.name == one.peek.name]
    return same[0] if len(same) == 1 else None


def _alike(one: Found, gone: list[Found]) -> Found | None:
    match = difflib.SequenceMatcher(None, autojunk=False)
    match.set_seq2(_lines(one))
    best, share = None, SIMILAR
    for other in gone:
        match.set_seq1(_lines(other))
        if match.real_quick_ratio() >= share and match.quick_ratio() >= share and (ratio := match.ratio()) >= share:
            best, share = other, ratio
    return best


def _lines(one: Found) -> list[str]:
    """What a file says, value by value and sorted, so that another layout or notation is no difference."""
    try:
        return sorted(f"{'.'.join(path)}={text}" for path, text in scalars(one.data))
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        return one.data.decode("latin-1").splitlines()
