"""Paths and links, walked as an operating system walks them."""

import os
from pathlib import Path

import pytest

from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree, Repository
from planner.revision.tree import LINKS, clean_path, follow
from tests.revision.repositories import make_repository


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a/b", "a/b"),
        ("./a//b/.", "a/b"),
        ("a/../b", "b"),
        ("", ""),
        ("a/..", ""),
        ("..", None),
        ("a/../../b", None),
        ("/a", None),
        ("a\0b", None),
        (".git", None),
        ("a/.GIT/config", None),
        (".github/x", ".github/x"),
        ("a b/ü'\"\n", "a b/ü'\"\n"),
    ],
)
def test_clean_path(written: str, meant: str | None) -> None:
    assert clean_path(written) == meant


LINKED = {
    "inside.yaml": "data/real.yaml",
    "folder": "data",
    "data/up.yaml": "../top.yaml",
    "data/deep/back": "../../folder/deep",
    "chain": "inside.yaml",
    "passwd": "/etc/passwd",
    "above": "../..",
    "data/above": "../../x",
    "loop": "pool",
    "pool": "loop",
    "self": "self/x",
    "gone": "nowhere.yaml",
    "history": ".git/config",
}
FOLLOWED = [
    ("inside.yaml", "data/real.yaml"),
    ("chain", "data/real.yaml"),
    ("folder/real.yaml", "data/real.yaml"),
    ("folder", "data"),
    ("folder/up.yaml", "top.yaml"),
    ("folder/../top.yaml", "top.yaml"),
    ("data/deep/back/../real.yaml", "data/real.yaml"),
    ("folder/deep/back/x.yaml", "data/deep/x.yaml"),
    ("nowhere/../top.yaml", "top.yaml"),
    ("./data//deep/./x.yaml", "data/deep/x.yaml"),
    ("top.yaml/", "top.yaml"),
    ("", ""),
    ("passwd", None),
    ("above", None),
    ("above/etc/passwd", None),
    ("data/above", None),
    ("loop", None),
    ("self", None),
    ("gone", None),
    ("history", None),
    (".git/config", None),
    ("../x", None),
    ("/etc/passwd", None),
    ("top.yaml/x", None),
    ("nowhere", None),
]


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("linked") / "repo"
    repo = make_repository(root, {"top.yaml": "t", "data/real.yaml": "r", "data/deep/x.yaml": "x"})
    for name, target in LINKED.items():
        (root / name).symlink_to(target)
    repo.commit({}, "links")
    return root


@pytest.mark.parametrize(("path", "leads_to"), FOLLOWED)
def test_links_are_followed_the_same_in_a_folder_and_a_commit(linked: Path, path: str, leads_to: str | None) -> None:
    repository = Repository(linked)
    commit = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    for tree in (FolderTree(linked, "working tree", repository), commit):
        found, links = follow(tree, path)
        assert (None if found is None else found.path) == leads_to
        assert all(link.form == "link" for link in links)
    commit.close()
    if leads_to:
        assert (linked / path.rstrip("/")).resolve() == linked / leads_to


def test_a_link_from_the_root_of_the_machine_into_the_folder_counts_there_alone(linked: Path) -> None:
    """The planner reads it in a working tree, so it belongs to what a scenario rests on; a commit lies nowhere."""
    repository = Repository(linked)
    here = FolderTree(linked, "working tree", repository)
    commit = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    path = str(linked / "folder" / "real.yaml")
    found, _ = follow(here, path)
    assert found is not None
    assert found.path == "data/real.yaml"
    assert follow(commit, path)[0] is None
    assert follow(here, f"{linked}/../x")[0] is None
    assert follow(here, f"{linked}-not/x")[0] is None
    commit.close()


def test_a_long_chain_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    for i in range(LINKS + 2):
        (tmp_path / f"l{i}").symlink_to(f"l{i - 1}" if i else "f")
    tree = FolderTree(tmp_path, "folder")
    assert follow(tree, f"l{LINKS - 1}")[0] is not None
    found, passed = follow(tree, f"l{LINKS + 1}")
    assert found is None
    assert len(passed) == LINKS + 1


def test_no_file_of_the_machine_is_looked_at(linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        looked.append(str(path))
        return real(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    tree = FolderTree(linked, "working tree")
    for path, _ in FOLLOWED:
        follow(tree, path)
    assert looked
    assert all(path.startswith(str(linked)) and ".." not in path for path in looked)
