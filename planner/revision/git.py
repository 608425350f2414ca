"""A git repository, asked through git's own plumbing: which commit a name means, and what lies in it."""

import contextlib
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Final

from planner.revision.tree import Entry, Form, RevisionError, clean_path

MAX_FILE_BYTES: Final = 2**31
"""Largest file that is taken out of a commit."""
LONGEST_NAME: Final = 200
"""Characters of a revision's name that messages repeat."""
_HASH: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FORMS: Final[dict[str, Form]] = {
    "100644": "file", "100755": "file", "100664": "file", "120000": "link", "040000": "folder", "160000": "submodule",
}  # fmt: skip
_QUIET: Final = {
    "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}  # fmt: skip
"""Nothing is written, asked or fetched, and objects are what their names say."""
_NO_TRANSPORT: Final = {"GIT_ALLOW_PROTOCOL": "none"}
"""Older versions of git fetch what a partial clone lacks; no transport, no fetch."""
_LOCAL: Final = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE",
    "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
)  # fmt: skip
"""What git tells the hooks of one repository, which would turn every command here to that one."""


@dataclass(frozen=True)
class Repository:
    """A repository on this machine."""

    root: Path
    """The top of its working tree."""

    @staticmethod
    def around(path: Path) -> "Repository | None":
        """The repository that a path lies in; None outside of one, or without git.

        Raises RevisionError where git refuses one that is there, since the folder of another user is no folder
        without history.
        """
        folder = path if path.is_dir() else path.parent
        try:
            found = _git(folder, "rev-parse", "--show-toplevel")
        except RevisionError as error:
            if "dubious ownership" in str(error):
                raise
            return None
        return Repository(Path(os.fsdecode(found.removesuffix(b"\n"))).resolve())

    def commit(self, name: str) -> str:
        """The commit that a branch, tag or hash names; raises RevisionError that says what may be missing."""
        try:
            found = _git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except (RevisionError, ValueError) as error:
            raise RevisionError(self._unknown(name)) from error
        commit = found.decode("utf-8", "replace").strip()
        if not _HASH.fullmatch(commit):
            # `^main` means all that is not of it.
            raise RevisionError(self._unknown(name))
        return commit

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest commit that both come from; None where they share no history that is here."""
        try:
            return _git(self.root, "merge-base", one, other).decode().strip() or None
        except RevisionError:
            return None

    @cached_property
    def shallow(self) -> bool:
        """Whether history is cut off, so that a base may be missing."""
        return _git(self.root, "rev-parse", "--is-shallow-repository").strip() == b"true"

    @cached_property
    def algorithm(self) -> str:
        """Hash that objects are named by: sha1 or sha256."""
        return _git(self.root, "rev-parse", "--show-object-format").decode().strip()

    def tracked(self, under: str) -> list[str]:
        """Paths in the working tree below a folder that git knows or would add; ignored files are not among them."""
        listed = _git(
            self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--",
            f":(top,literal){under}" if under else ":(top)",
        )  # fmt: skip
        return sorted(os.fsdecode(path) for path in listed.split(b"\0") if path)

    @cached_property
    def skipped(self) -> frozenset[str]:
        """Paths of the index that a sparse checkout leaves out of the working tree."""
        listed = _git(self.root, "ls-files", "-v", "-z", "--", ":(top)").split(b"\0")
        return frozenset(os.fsdecode(row[2:]) for row in listed if row.startswith((b"S ", b"s ")))

    def changed_since(self, commit: str) -> list[str]:
        """Paths in the working tree that differ from a commit, files that git would add among them."""
        listed = _git(
            self.root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv",
            "--ignore-submodules=all", commit, "--",
        )  # fmt: skip
        others = _git(self.root, "ls-files", "-z", "--others", "--exclude-standard", "--", ":(top)")
        return sorted({os.fsdecode(path) for path in (listed + b"\0" + others).split(b"\0") if path})

    def _unknown(self, name: str) -> str:
        shown = repr(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")
        if self.shallow:
            wanted = name.removeprefix("origin/")
            plain = wanted.isprintable() and len(wanted) <= LONGEST_NAME and not wanted.startswith("-")
            what = shlex.quote(wanted) if wanted and plain else "COMMIT"
            return (
                f"no commit {shown} here, and the clone is shallow: run `git fetch --depth=1 origin {what}` "
                "(in a workflow: fetch-depth: 0, or let the action fetch the base)"
            )
        return f"no commit {shown} in {self.root.name}: fetch it, or name a branch, tag or commit that is here"


@dataclass
class CommitTree:
    """The files of a commit; blobs are read from git's objects, nothing is checked out."""

    repository: Repository
    commit: str
    name: str
    _batch: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Path → entry, folders among them; a file that a partial clone lacks has no size."""
        listing = ("ls-tree", "-r", "-t", "-z", "--full-tree")
        root = self.repository.root
        sizes: dict[str, int] | None = None
        try:
            listed = _git(root, *listing, "-l", self.commit)
        except RevisionError:
            # Sizes are asked for by name, so that one blob that was not cloned hides all others.
            listed, sizes = _git(root, *listing, self.commit), _sizes(root)
        found = {}
        for row in listed.split(b"\0"):
            if not row:
                continue
            head, _, raw = row.partition(b"\t")
            mode, _, digest, *size = head.decode().split()
            path = os.fsdecode(raw)
            if clean_path(path) == path and mode in _FORMS:
                form = _FORMS[mode]
                whole = sizes.get(digest, 0) if sizes is not None else int(size[0]) if size[0].isdigit() else 0
                found[path] = Entry(path, form, whole, "" if form == "folder" else digest)
        return found

    def entry(self, path: str) -> Entry | None:
        """What lies at a path; a path inside a submodule names that submodule."""
        found = self.entries.get(path) if path else Entry("", "folder", 0, "")
        if found is None:
            return next((e for p in _parents(path) if (e := self.entries.get(p)) and e.form == "submodule"), None)
        return found

    def files(self, under: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        """Files and links below a folder, or the one at this path; with `endings` those alone that end so."""
        inside = f"{under}/" if under else ""
        for path, found in self.entries.items():
            named = not endings or path.lower().endswith(endings)
            if named and found.form in ("file", "link") and (path.startswith(inside) or path == under):
                yield found

    def links(self, under: str = "") -> Iterator[Entry]:
        """Links below a folder."""
        return (entry for entry in self.files(under) if entry.form == "link")

    def read(self, entry: Entry) -> bytes:
        """The bytes of a blob."""
        if entry.size > MAX_FILE_BYTES:
            message = f"{entry.path} at {self.name} has {entry.size:,} bytes, more than is taken out of a commit"
            raise RevisionError(message)
        if self._batch is not None and self._batch.poll() is not None:
            self.close()
        if self._batch is None:
            self._batch = _start(self.repository.root, "cat-file", "--batch")
        assert self._batch.stdin is not None
        assert self._batch.stdout is not None
        try:
            self._batch.stdin.write(entry.digest.encode() + b"\n")
            self._batch.stdin.flush()
            return self._answer(self._batch.stdout, entry)
        except OSError as error:
            # A pipe that breaks here must not look like a reader of our output that went away.
            self.close()
            message = f"{entry.path} at {self.name}: git stopped while it was read"
            raise RevisionError(message) from error

    def _answer(self, stream: IO[bytes], entry: Entry) -> bytes:
        head = stream.readline().split()
        if len(head) != 3 or head[1] != b"blob" or not head[2].isdigit():
            self.close()
            message = (
                f"{entry.path} at {self.name} is not in this clone: it was cloned partially; "
                "`git fetch --refetch` brings the rest"
            )
            raise RevisionError(message)
        data = stream.read(int(head[2]))
        if len(data) != int(head[2]) or stream.read(1) != b"\n":
            self.close()
            message = f"{entry.path} at {self.name}: git stopped while it was read"
            raise RevisionError(message)
        return data

    def close(self) -> None:
        """End the process that reads blobs."""
        if self._batch is not None:
            assert self._batch.stdin is not None
            assert self._batch.stdout is not None
            with contextlib.suppress(OSError):
                self._batch.stdin.close()
            self._batch.stdout.close()
            self._batch.wait()
            self._batch = None


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _sizes(root: Path) -> dict[str, int]:
    """Object → bytes of all that is here; nothing is asked for by name, so nothing is fetched."""
    listed = _git(root, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname) %(objectsize)")
    return {name: int(size) for name, size in (line.split() for line in listed.decode().splitlines())}


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    return inherited | _QUIET | _NO_TRANSPORT


def _command(folder: Path, *words: str) -> list[str]:
    # A repository may name programs in its configuration; none of them is needed to read.
    return ["git", "-C", os.fspath(folder), "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *words]


def _git(folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(_command(folder, *words), capture_output=True, check=False, env=_environment())
    except FileNotFoundError as error:
        message = "git is not installed, or the folder is gone: revisions are read through it"
        raise RevisionError(message) from error
    if done.returncode:
        said = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        first = next((line for line in said if line.startswith(("fatal:", "error:"))), said[-1] if said else "")
        cure = next((f"; {line}" for line in said if line.startswith("git config ")), "")
        message = f"git {words[0]}: {first or f'exit {done.returncode}'}{cure}"
        raise RevisionError(message)
    return done.stdout


def _start(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        _command(folder, *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=_environment(),
    )  # fmt: skip
