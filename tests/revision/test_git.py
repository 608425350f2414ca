"""A repository asked through git: which commit a name means, what lies in it, and what is not here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner.revision.git import CommitTree, Repository
from planner.revision.tree import Entry, RevisionError, blob_digest
from tests.revision.repositories import Repo, make_repository

STRANGE = {
    "plain.yaml": b"a: 1\n",
    "with space/b c.yaml": b"b\n",
    "quote'\"`$(x).yaml": b"q\n",
    "new\nline.yaml": b"n\n",
    "tab\tand\\back.yaml": b"t\n",
    "ümläut/日本.yaml": b"u\n",
    os.fsdecode(b"latin-\xe9.yaml"): b"\xe9\xff\n",
    "empty.yaml": b"",
    "binary.bin": bytes(range(256)) * 300,
    "crlf.txt": b"a\r\nb\r\n",
    "-dash": b"d\n",
}


def clone(of: Repo, to: Path, *options: str) -> Repository:
    of.git("clone", "-q", *options, f"file://{of.root}", str(to))
    return Repository(to.resolve())


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    return make_repository(tmp_path_factory.mktemp("git") / "strange", STRANGE)


def test_a_commit_holds_what_the_working_tree_holds(strange: Repo) -> None:
    repository = Repository(strange.root)
    tree = CommitTree(repository, repository.commit("main"), "main")
    files = {entry.path: entry for entry in tree.files()}
    assert set(files) == set(STRANGE)
    for path, data in STRANGE.items():
        assert tree.read(files[path]) == data == (strange.root / path).read_bytes()
        assert files[path].size == len(data)
        assert files[path].digest == blob_digest(data, "sha1")
    again = tree.read(files["plain.yaml"])
    assert again == b"a: 1\n"
    folder = tree.entry("ümläut")
    assert folder == Entry("ümläut", "folder", 0, "")
    assert tree.entry("") == Entry("", "folder", 0, "")
    assert tree.entry("nowhere") is None
    assert [entry.path for entry in tree.files("with space")] == ["with space/b c.yaml"]
    assert [entry.path for entry in tree.files("plain.yaml")] == ["plain.yaml"]
    assert [entry.path for entry in tree.files("plain")] == []
    assert {entry.path for entry in tree.files("", (".bin", ".txt"))} == {"binary.bin", "crlf.txt"}
    tree.close()


def test_names_of_a_commit(strange: Repo) -> None:
    repository = Repository(strange.root)
    head = strange.git("rev-parse", "HEAD")
    strange.git("tag", "-f", "v1")
    strange.git("tag", "-f", "-a", "-m", "note", "v2")
    for name in ("main", "HEAD", head, head[:10], "v1", "v2", "refs/heads/main", "@", "HEAD^{/first}"):
        assert repository.commit(name) == head


@pytest.mark.parametrize(
    "name",
    [
        "", "nowhere", "-x", "--all", "--help", "--output=/tmp/x", "main..main", "main...main", "^main",
        "main^{/nothing}", "main:plain.yaml", "HEAD\nHEAD", "HEAD\n--all", "a\0b", "main~99", "0" * 40, "deadbeef",
        ":/nothing", "@{upstream}", " main", "main ", "x" * 5000, "\x1b[31mred", "{main}", "$(touch x)",
        os.fsdecode(b"\xff"),
    ],
)  # fmt: skip
def test_what_names_no_commit_is_said(strange: Repo, name: str) -> None:
    with pytest.raises(RevisionError) as told:
        Repository(strange.root).commit(name)
    text = str(told.value)
    assert text.startswith("no commit ")
    assert "fetch it, or name a branch, tag or commit" in text
    assert text.isprintable()
    assert len(text) < 500
    assert not (strange.root / "x").exists()


def test_a_blob_or_tree_is_no_commit(strange: Repo) -> None:
    for name in (strange.git("rev-parse", "HEAD^{tree}"), strange.git("rev-parse", "HEAD:plain.yaml")):
        with pytest.raises(RevisionError, match="no commit"):
            Repository(strange.root).commit(name)


def test_a_repository_without_commits(tmp_path: Path) -> None:
    Repo(tmp_path).git("init", "-q")
    found = Repository.around(tmp_path)
    assert found is not None
    with pytest.raises(RevisionError, match="no commit 'HEAD'"):
        found.commit("HEAD")


def test_the_repository_around(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "line\n", {"a/b.yaml": "x"})
    for path in (repo.root, repo.root / "a", repo.root / "a" / "b.yaml", repo.root / "a" / "new.yaml"):
        assert Repository.around(path) == Repository(repo.root.resolve())
    assert Repository.around(tmp_path) is None
    assert Repository.around(tmp_path / "no" / "where" / "x.yaml") is None
    assert Repository.around(repo.root / ".git") is None


def test_a_link_to_a_folder_in_a_repository_leads_there(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a/b.yaml": "x"})
    (tmp_path / "link").symlink_to(repo.root / "a")
    assert Repository.around(tmp_path / "link") == Repository(repo.root.resolve())


def test_somebody_elses_repository_is_no_plain_folder(strange: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container of a build, where it would otherwise look as if nothing were committed."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with pytest.raises(RevisionError, match=r"dubious ownership.*git config --global --add safe\.directory"):
        Repository.around(strange.root)


def test_without_git(strange: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Repository.around(strange.root) is None
    tree = CommitTree(Repository(strange.root), "HEAD", "HEAD")
    with pytest.raises(RevisionError, match="git is not installed"):
        tree.entry("plain.yaml")


def test_a_hook_of_another_repository_does_not_lead_away(
    strange: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git tells its hooks which repository they run for, and pre-commit runs the planner in one."""
    other = make_repository(tmp_path / "other", {"else.yaml": "x"})
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    found = Repository.around(strange.root)
    assert found == Repository(strange.root.resolve())
    assert found.tracked("with space") == ["with space/b c.yaml"]
    tree = CommitTree(found, found.commit("HEAD"), "HEAD")
    assert tree.entry("plain.yaml") is not None
    assert tree.entry("else.yaml") is None


def test_replaced_objects_do_not_count(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, {"a.yaml": "honest\n"})
    other = repo.git("hash-object", "-w", "--stdin", data=b"swapped\n")
    repo.git("replace", repo.git("rev-parse", "HEAD:a.yaml"), other)
    repository = Repository(tmp_path)
    tree = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    (entry,) = tree.files()
    assert tree.read(entry) == b"honest\n"
    tree.close()


def test_a_shallow_clone_says_how_to_fetch(strange: Repo, tmp_path: Path) -> None:
    deep = make_repository(tmp_path / "deep", {"a": "1"})
    first = deep.git("rev-parse", "HEAD")
    deep.commit({"a": "2"})
    shallow = clone(deep, tmp_path / "shallow", "--depth=1")
    assert shallow.shallow
    for name, asked in (
        (first, first),
        ("origin/topic", "topic"),
        ("v1; rm -rf ~", "'v1; rm -rf ~'"),
        ("a`id`", "'a`id`'"),
        ("bad\x1b[1m", "COMMIT"),
        ("--upload-pack=x", "COMMIT"),
    ):
        with pytest.raises(RevisionError) as told:
            shallow.commit(name)
        assert "the clone is shallow" in str(told.value)
        assert f"`git fetch --depth=1 origin {asked}`" in str(told.value)
        assert str(told.value).isprintable()
    assert not Repository(strange.root).shallow


def test_the_merge_base(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, {"a": "1"})
    first = repo.git("rev-parse", "HEAD")
    repo.branch("topic")
    tip = repo.commit({"b": "1"})
    repo.git("switch", "-q", "main")
    newest = repo.commit({"c": "1"})
    repository = Repository(tmp_path)
    assert repository.merge_base(newest, tip) == first
    assert repository.merge_base(tip, tip) == tip
    repo.git("switch", "-q", "--orphan", "island")
    assert repository.merge_base(newest, repo.commit({"d": "1"})) is None


def test_a_sha256_repository(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    try:
        repo.git("init", "-q", "-b", "main", "--object-format=sha256")
    except AssertionError:
        pytest.skip("this git makes no SHA-256 repositories")
    repo.commit({"a.yaml": "x: 1\n"})
    repository = Repository(tmp_path)
    assert repository.algorithm == "sha256"
    tree = CommitTree(repository, repository.commit("main"), "main")
    entry = tree.entry("a.yaml")
    assert entry is not None
    assert len(entry.digest) == 64
    assert entry.digest == blob_digest(b"x: 1\n", "sha256")
    assert tree.read(entry) == b"x: 1\n"
    tree.close()


def test_a_submodule_is_named_and_nothing_inside_is_read(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, {"a.yaml": "x"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor/lib")
    repo.git("commit", "-qm", "submodule")
    repository = Repository(tmp_path)
    tree = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    for path in ("vendor/lib", "vendor/lib/deep/x.yaml"):
        entry = tree.entry(path)
        assert entry is not None
        assert (entry.path, entry.form) == ("vendor/lib", "submodule")
    assert [entry.path for entry in tree.files()] == ["a.yaml"]


def test_a_tree_with_forged_names_shows_none_of_them(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, {"a.yaml": "x"})
    blob = repo.git("rev-parse", "HEAD:a.yaml")
    inner = repo.git("mktree", data=f"100644 blob {blob}\tx.yaml\n".encode())
    rows = [f"100644 blob {blob}\tfine.yaml", *(f"040000 tree {inner}\t{name}" for name in (".git", ".Git", "..", "."))]
    forged = repo.git("mktree", data="\n".join(rows).encode() + b"\n")
    commit = repo.git("commit-tree", "-m", "forged", forged)
    tree = CommitTree(Repository(tmp_path), commit, "forged")
    assert list(tree.entries) == ["fine.yaml"]


@pytest.fixture
def partial(tmp_path: Path) -> Repository:
    """A clone without the blobs of the first commit, whose origin could give them."""
    full = make_repository(tmp_path / "full", {"old.yaml": "old: 1\n", "same.yaml": "same: 1\n"})
    full.commit({"old.yaml": None, "new.yaml": "new: 1\n"})
    full.git("config", "uploadpack.allowFilter", "true")
    return clone(full, tmp_path / "partial", "--filter=blob:none", "--no-local")


@pytest.mark.parametrize("lazy", ["0", "1"])
def test_a_blob_that_was_not_cloned_is_said_and_not_fetched(
    partial: Repository, lazy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_NO_LAZY_FETCH", lazy)
    before = sorted((partial.root / ".git" / "objects").rglob("*"))
    tree = CommitTree(partial, partial.commit("HEAD~1"), "HEAD~1")
    for path in ("old.yaml", "old.yaml", "same.yaml", "old.yaml"):
        entry = tree.entry(path)
        assert entry is not None
        if path == "same.yaml":
            assert entry.size == len("same: 1\n")
            assert tree.read(entry) == b"same: 1\n"
            continue
        with pytest.raises(RevisionError, match=r"old\.yaml at HEAD~1 is not in this clone: it was cloned partially"):
            tree.read(entry)
    tree.close()
    assert sorted((partial.root / ".git" / "objects").rglob("*")) == before


def test_a_process_that_ended_is_started_again(strange: Repo) -> None:
    repository = Repository(strange.root)
    tree = CommitTree(repository, repository.commit("main"), "main")
    entry = tree.entry("plain.yaml")
    assert entry is not None
    for _ in range(2):
        assert tree.read(entry) == b"a: 1\n"
        batch = tree._batch
        assert batch is not None
        batch.kill()
        os.waitid(os.P_PID, batch.pid, os.WEXITED | os.WNOWAIT)
    assert tree.read(entry) == b"a: 1\n"
    tree.close()
    tree.close()


def test_a_process_that_dies_under_the_hand_is_said(strange: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken pipe must not look like a reader of our output that went away, which ends with 0."""
    repository = Repository(strange.root)
    tree = CommitTree(repository, repository.commit("main"), "main")
    entry = tree.entry("binary.bin")
    assert entry is not None
    tree.read(entry)
    batch = tree._batch
    assert batch is not None
    batch.kill()
    os.waitid(os.P_PID, batch.pid, os.WEXITED | os.WNOWAIT)
    monkeypatch.setattr(batch, "poll", lambda: None)
    with pytest.raises(RevisionError, match="git stopped while it was read"):
        tree.read(entry)


def test_a_blob_too_large_to_take_out(strange: Repo) -> None:
    tree = CommitTree(Repository(strange.root), "HEAD", "main")
    with pytest.raises(RevisionError, match=r"big at main has 3,000,000,000 bytes"):
        tree.read(Entry("big", "file", 3_000_000_000, "0" * 40))


def test_programs_that_a_repository_names_do_not_run(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a.yaml": "x"})
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\nopen({str(tmp_path / 'ran')!r}, 'w')\n")
    program.chmod(0o755)
    repo.git("config", "core.fsmonitor", str(program))
    repo.git("config", "core.hooksPath", str(tmp_path))
    repo.git("config", "core.pager", str(program))
    repository = Repository(repo.root)
    assert repository.tracked("") == ["a.yaml"]
    tree = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    assert tree.entry("a.yaml") is not None
    assert not (tmp_path / "ran").exists()
    assert subprocess.run(["git", "-C", repo.root, "status"], capture_output=True, check=False).returncode == 0
