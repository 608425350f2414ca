"""Files of a commit laid out in a folder of their own, and nowhere else."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.revision import materialise
from planner.revision.git import CommitTree, Repository
from planner.revision.materialise import laid_out
from planner.revision.tree import Entry, RevisionError
from tests.revision.repositories import Repo, make_repository
from tests.revision.test_git import STRANGE


def everything(folder: Path) -> dict[str, str]:
    """Path → what lies there, links not followed."""
    found = {}
    for at, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(at) / name
            what = (
                f"-> {path.readlink()}" if path.is_symlink() else "folder" if path.is_dir() else path.read_bytes().hex()
            )
            found[path.relative_to(folder).as_posix()] = what
    return found


def lay(repo: Repo, commit: str, around: Path) -> dict[str, str]:
    """What lies in the layout of a commit, whose folder is made in `around`; nothing else may appear there."""
    tree = CommitTree(Repository(repo.root), commit, "HEAD")
    outside = everything(repo.root.parent)
    try:
        with laid_out(tree) as layout:
            assert layout.root.parent == around
            layout.write(tree.entries.values())
            layout.write(tree.entries.values())
            assert list(around.iterdir()) == [layout.root]
            found = everything(layout.root)
    finally:
        tree.close()
    assert list(around.iterdir()) == []
    assert everything(repo.root.parent) == outside
    assert found.pop(".git") == ""
    return found


@pytest.fixture
def around(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private folders are made."""
    folder = tmp_path_factory.mktemp("around").resolve()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def forge(repo: Repo, *rows: tuple[str, str, str]) -> str:
    """A tree of (mode, object, name), however impossible."""
    kinds = {"100644": "blob", "120000": "blob", "040000": "tree"}
    return repo.git("mktree", data="".join(f"{m} {kinds[m]} {o}\t{n}\n" for m, o, n in rows).encode())


def blob(repo: Repo, text: str) -> str:
    return repo.git("hash-object", "-w", "--stdin", data=text.encode())


def test_files_are_laid_out_as_they_are(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", STRANGE)
    (repo.root / "to").symlink_to("with space")
    found = lay(repo, repo.commit({}), around)
    assert {path: what for path, what in found.items() if what != "folder"} == {
        **{path: data.hex() for path, data in STRANGE.items()},
        "to": "-> with space",
    }


def test_links_that_lead_out_are_left_out(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"sub/deep/x": "x"})
    targets = {
        "sub/up": "../top", "sub/deep/upup": "../../top", "top": "sub/deep/x", "dangling": "nowhere", "here": "./sub/",
        "out": "..", "sub/out": "../..", "abs": "/etc/passwd", "sly": "sub/../../..", "round": "sub/../top",
        "git": ".git/config", "sub/git": "../.git",
    }  # fmt: skip
    for name, target in targets.items():
        (repo.root / name).symlink_to(target)
    found = lay(repo, repo.commit({}), around)
    links = {path for path, what in found.items() if what.startswith("->")}
    assert links == {"sub/up", "sub/deep/upup", "top", "dangling", "here"}


def test_links_that_together_lead_out_are_left_out(tmp_path: Path, around: Path) -> None:
    """Each one stays inside by its words: the second goes up from where the first one leads."""
    repo = make_repository(tmp_path / "repo", {"x/y/f": "f"})
    (repo.root / "x" / "y" / "root").symlink_to("../..")
    (repo.root / "away").symlink_to("x/y/root/../..")
    found = lay(repo, repo.commit({}), around)
    assert found["x/y/root"] == "-> ../.."
    assert "away" not in found


@pytest.mark.parametrize("target", ["..", "../..", "/tmp", "sub", "sub/../../../.."])
def test_nothing_is_written_through_a_link(tmp_path: Path, around: Path, target: str) -> None:
    """A forged tree has a link and a folder of the same name; on disk the second would lie behind the first."""
    repo = make_repository(tmp_path / "repo", {"sub/x": "x"})
    inner = forge(repo, ("100644", blob(repo, "pwned"), "pwned"))
    sub = repo.git("rev-parse", "HEAD:sub")
    link = blob(repo, target)
    for rows in ([("120000", link, "a"), ("040000", inner, "a")], [("040000", inner, "a"), ("120000", link, "a")]):
        forged = forge(repo, *rows, ("040000", sub, "sub"))
        found = lay(repo, repo.git("commit-tree", "-m", "x", forged), around)
        assert set(found) <= {"a", "a/pwned", "sub", "sub/x"}
        assert found["sub/x"] == b"x".hex()
        assert found.get("a/pwned") is None or found["a"] == "folder"


def test_a_file_where_a_folder_should_be(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "1"})
    inner = forge(repo, ("100644", blob(repo, "2"), "b"))
    forged = forge(repo, ("100644", blob(repo, "1"), "a"), ("040000", inner, "a"))
    found = lay(repo, repo.git("commit-tree", "-m", "x", forged), around)
    assert found in ({"a": b"1".hex()}, {"a": "folder", "a/b": b"2".hex()})


def test_forged_names(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "1"})
    text = blob(repo, "x")
    deep = forge(repo, ("040000", forge(repo, ("100644", text, "evil")), ".."))
    forged = forge(
        repo, ("100644", text, ".."), ("100644", text, ".git"), ("040000", deep, "sub"), ("040000", deep, "..."),
        ("040000", forge(repo, ("100644", text, "config")), ".gIt"), ("100644", text, "ok"),
    )  # fmt: skip
    found = lay(repo, repo.git("commit-tree", "-m", "x", forged), around)
    assert found == {"ok": b"x".hex()}


def test_a_name_that_no_disk_takes_is_said(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "1"})
    forged = forge(repo, ("100644", blob(repo, "x"), "n" * 300))
    commit = repo.git("commit-tree", "-m", "x", forged)
    with pytest.raises(RevisionError, match=r"n{300} at HEAD cannot be laid out: File name too long"):
        lay(repo, commit, around)
    assert list(around.iterdir()) == []


def test_too_many_bytes(tmp_path: Path, around: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materialise, "MOST_BYTES", 5)
    repo = make_repository(tmp_path / "repo", {"a": "123", "b": "456"})
    with pytest.raises(RevisionError, match="the files at HEAD have more than"):
        lay(repo, repo.git("rev-parse", "HEAD"), around)


def test_the_folder_goes_when_something_fails(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "1"})
    tree = CommitTree(Repository(repo.root), "HEAD", "HEAD")
    with pytest.raises(AttributeError), laid_out(tree) as layout:  # noqa: PT012 - it must fail in the middle
        layout.write(tree.entries.values())
        tree.close()
        layout.write([None])  # type: ignore[list-item]
    assert list(around.iterdir()) == []


def test_nobody_else_may_look_in(tmp_path: Path, around: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "1"})
    with laid_out(CommitTree(Repository(repo.root), "HEAD", "HEAD")) as layout:
        assert layout.root.stat().st_mode & 0o077 == 0
        assert layout.root.is_relative_to(around)


@dataclass
class Forged:
    """A tree as hypothesis makes it up."""

    things: dict[str, str]
    """Path → target of a link; an empty one for a file."""
    name: str = "forged"

    def entry(self, path: str) -> Entry | None:
        """Unused here."""
        raise NotImplementedError

    def files(self, under: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        """Everything, in the order of the examples."""
        for path, target in self.things.items():
            yield Entry(path, "link" if target else "file", 1, "")

    def links(self, under: str = "") -> Iterator[Entry]:
        return (entry for entry in self.files(under) if entry.form == "link")

    def read(self, entry: Entry) -> bytes:
        """The target, or some bytes."""
        return self.things[entry.path].encode() or b"bytes"


PARTS = st.sampled_from(["a", "b", "c", "..", ".", ".git"])
PATHS = st.lists(PARTS, min_size=1, max_size=5).map("/".join)


@given(st.dictionaries(PATHS, st.one_of(st.just(""), PATHS, PATHS.map("/".__add__)), max_size=12))
def test_nothing_of_any_tree_lies_outside(things: dict[str, str]) -> None:
    tree = Forged(things)
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        around = Path(name).resolve()
        patch.setattr(tempfile, "tempdir", str(around))
        with laid_out(tree) as layout:
            layout.write(tree.files())
            for at, folders, names in os.walk(layout.root):
                for each in [*folders, *names]:
                    assert leads_inside(Path(at) / each, layout.root)
            assert list(around.iterdir()) == [layout.root]
        assert list(around.iterdir()) == []


def leads_inside(path: Path, root: Path) -> bool:
    """Whether a path ends below a root; a loop of links ends nowhere."""
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return True
