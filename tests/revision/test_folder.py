"""The files of a folder, listed as git would commit them and hashed as git hashes them."""

import os
from pathlib import Path

import pytest

from planner.revision import folder
from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree, Repository
from planner.revision.tree import Entry, RevisionError
from tests.revision.repositories import make_repository
from tests.revision.test_git import STRANGE


def tree_of(root: Path) -> FolderTree:
    return FolderTree(root, "working tree", Repository(root))


def test_digests_are_those_of_git(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, STRANGE)
    tree = tree_of(tmp_path)
    entries = {entry.path: entry for entry in tree.files()}
    assert set(entries) == set(STRANGE)
    assert list(entries) == sorted(entries)
    for path, entry in entries.items():
        assert entry.digest == repo.git("hash-object", "--", path)
        assert entry.size == len(STRANGE[path])
        assert tree.read(entry) == STRANGE[path]
    repository = Repository(tmp_path)
    commit = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    assert {entry.path: entry for entry in commit.files()} == entries


def test_large_files_are_hashed_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "BLOCK", 7)
    repo = make_repository(tmp_path, {"a.bin": bytes(range(100))})
    entry = tree_of(tmp_path).entry("a.bin")
    assert entry is not None
    assert entry.digest == repo.git("rev-parse", "HEAD:a.bin")


def test_what_git_ignores_is_not_listed_but_can_be_named(tmp_path: Path) -> None:
    make_repository(tmp_path, {"kept.yaml": "k", ".gitignore": "out/\n*.tmp\n", "gone.yaml": "g"})
    (tmp_path / "gone.yaml").unlink()
    for name in ("new.yaml", "out/x.yaml", "a.tmp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("n")
    tree = tree_of(tmp_path)
    assert [entry.path for entry in tree.files()] == [".gitignore", "kept.yaml", "new.yaml"]
    assert tree.entry("out/x.yaml") is not None
    assert tree.entry("gone.yaml") is None
    assert tree.entry("a\0b") is None


def test_names_with_signs_of_patterns_mean_themselves(tmp_path: Path) -> None:
    make_repository(tmp_path, {"[a]/x.yaml": "1", "a/x.yaml": "2", "*/x.yaml": "3", ":(top)/x.yaml": "4"})
    tree = tree_of(tmp_path)
    for under in ("[a]", "*", ":(top)", "a"):
        assert [entry.path for entry in tree.files(under)] == [f"{under}/x.yaml"]
    assert [entry.path for entry in tree.files("a/x.yaml")] == ["a/x.yaml"]
    assert [entry.path for entry in tree.files("", (".yml",))] == []


def test_links_are_entries_and_other_things_are_none(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, {"a.yaml": "a"})
    (tmp_path / "link").symlink_to("a.yaml")
    os.mkfifo(tmp_path / "pipe")
    repo.git("add", "link")
    tree = tree_of(tmp_path)
    link = tree.entry("link")
    assert link == Entry("link", "link", 0, repo.git("rev-parse", ":link"))
    assert tree.read(link) == b"a.yaml"
    assert tree.entry("pipe") is None
    assert [entry.path for entry in tree.files()] == ["a.yaml", "link"]


def test_a_submodule_is_no_file(tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner", {"x.yaml": "x"})
    outer = make_repository(tmp_path / "outer", {"a.yaml": "a"})
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "sub")
    tree = tree_of(outer.root)
    sub = tree.entry("sub")
    assert sub is not None
    assert sub.form == "submodule"
    assert [entry.path for entry in tree.files()] == [".gitmodules", "a.yaml"]


def test_a_folder_outside_git(tmp_path: Path) -> None:
    for name in ("b.yaml", "sub/a.yaml", ".hidden/c.yaml", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    tree = FolderTree(tmp_path, "folder")
    assert [entry.path for entry in tree.files()] == ["b.yaml", "sub/a.yaml"]
    assert [entry.path for entry in tree.files("sub")] == ["sub/a.yaml"]
    assert [entry.path for entry in tree.files("b.yaml")] == ["b.yaml"]
    assert [entry.path for entry in tree.files("nowhere")] == []


def test_too_many_files_outside_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    for i in range(3):
        (tmp_path / f"{i}.yaml").write_text("x")
    with pytest.raises(RevisionError, match="holds more than 2 files; name the folder that scenarios lie in"):
        list(FolderTree(tmp_path, "folder").files())


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("a")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    tree = FolderTree(tmp_path, "folder")
    with pytest.raises(RevisionError, match=r"a\.yaml: cannot be read: Permission denied"):
        tree.entry("a.yaml")


def test_only_asked_for_endings_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working tree may hold terabytes of data beside its scenarios."""
    make_repository(tmp_path, {"a.yaml": "a", "huge.bin": "h"})
    opened: list[str] = []
    real = FolderTree._digest_of

    def note(tree: FolderTree, full: Path, path: str) -> str:
        opened.append(path)
        return real(tree, full, path)

    monkeypatch.setattr(FolderTree, "_digest_of", note)
    assert [entry.path for entry in tree_of(tmp_path).files("", (".yaml",))] == ["a.yaml"]
    assert opened == ["a.yaml"]
