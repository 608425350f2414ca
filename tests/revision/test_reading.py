"""The two sides of a change, and the tree that a path on this machine lies in."""

import gc
import os
from pathlib import Path

import pytest

from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree, Repository
from planner.revision.reading import WORKING, folder_of, opened
from planner.revision.tree import RevisionError
from tests.revision.repositories import Repo, make_repository


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A base that moved on after the topic left it."""
    made = make_repository(tmp_path / "repo", {"a.yaml": "1"})
    made.branch("topic")
    made.commit({"a.yaml": "2"})
    made.git("switch", "-q", "main")
    made.commit({"a.yaml": "3", "policy.yaml": "new"})
    made.git("switch", "-q", "topic")
    return made


def read(tree: CommitTree | FolderTree, path: str) -> bytes | None:
    entry = tree.entry(path)
    return None if entry is None else tree.read(entry)


def test_a_change_starts_where_it_left_the_base_and_is_judged_by_the_newest(repo: Repo) -> None:
    first = repo.git("rev-parse", "HEAD~1")
    with opened(Repository(repo.root), "main", "topic") as sides:
        assert (read(sides.base, "a.yaml"), read(sides.head, "a.yaml")) == (b"1", b"2")
        assert read(sides.rules, "policy.yaml") == b"new"
        assert read(sides.base, "policy.yaml") is None
        assert sides.note == f"compared with {first[:12]}, which the head comes from; main has moved on since"


def test_the_working_tree_is_the_head_where_none_is_named(repo: Repo) -> None:
    repo.write({"a.yaml": "4"})
    with opened(Repository(repo.root), "topic", None) as sides:
        assert sides.head.name == WORKING
        assert (read(sides.base, "a.yaml"), read(sides.head, "a.yaml")) == (b"2", b"4")
        assert sides.base is sides.rules
        assert sides.note == ""


def test_without_shared_history_the_base_itself_is_compared(repo: Repo) -> None:
    repo.git("switch", "-q", "--orphan", "island")
    repo.commit({"a.yaml": "5"})
    with opened(Repository(repo.root), "main", "island") as sides:
        assert read(sides.base, "a.yaml") == b"3"
        assert sides.note == "main and the head share no history that is here; compared with main itself"


@pytest.mark.parametrize(("base", "head"), [("nowhere", None), ("main", "nowhere"), ("--all", "topic")])
def test_a_side_that_is_not_here_is_said(repo: Repo, base: str, head: str | None) -> None:
    with pytest.raises(RevisionError, match="no commit"), opened(Repository(repo.root), base, head):
        raise AssertionError


def children() -> set[str]:
    """Processes that this one started and that are still there."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="only Linux lists children")
def test_no_process_is_left_open(repo: Repo) -> None:
    before = children()
    with opened(Repository(repo.root), "main", "topic") as sides:
        for tree in (sides.base, sides.rules, sides.head):
            read(tree, "a.yaml")
        assert len(children() - before) == 3
    assert children() - before == set()
    with pytest.raises(ZeroDivisionError), opened(Repository(repo.root), "main", "topic") as sides:  # noqa: PT012
        read(sides.base, "a.yaml")
        raise ZeroDivisionError
    assert children() - before == set()
    del sides
    gc.collect()  # a pipe that is still open would warn, and warnings are errors


def test_where_a_path_lies(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write({".ci/b.yaml": "b", "sub/c.yaml": "c"})
    (repo.root / "sub" / "link.yaml").symlink_to("../a.yaml")
    (tmp_path / "way").symlink_to(repo.root / "sub")
    for path, inside in (
        (repo.root, ""),
        (repo.root / "a.yaml", "a.yaml"),
        (repo.root / ".ci", ".ci"),
        (repo.root / ".ci" / "b.yaml", ".ci/b.yaml"),
        (repo.root / "sub" / ".." / "a.yaml", "a.yaml"),
        (repo.root / "sub" / "link.yaml", "sub/link.yaml"),
        (tmp_path / "way" / "link.yaml", "sub/link.yaml"),
        (tmp_path / "way", "sub"),
    ):
        tree, found = folder_of(path)
        assert (tree.root, found) == (repo.root.resolve(), inside)
        assert tree.repository is not None
        entry = tree.entry(found)
        assert entry is not None
        assert entry.form == ("link" if path.name == "link.yaml" else "folder" if path.is_dir() else "file")
    monkeypatch.chdir(repo.root / "sub")
    assert folder_of(Path("c.yaml"))[1] == "sub/c.yaml"
    assert folder_of(Path())[1] == "sub"
    assert folder_of(Path(".."))[1] == ""


def test_where_a_path_outside_git_lies(tmp_path: Path) -> None:
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / ".x.yaml").write_text("x")
    tree, inside = folder_of(tmp_path / ".hidden" / ".x.yaml")
    assert (tree.root, inside, tree.repository) == (tmp_path / ".hidden", ".x.yaml", None)
    assert folder_of(tmp_path / ".hidden")[1] == ""
    with pytest.raises(RevisionError, match="no such file, folder or revision"):
        folder_of(tmp_path / "nowhere")
