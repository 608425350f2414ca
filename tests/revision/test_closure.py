"""Which files a scenario rests on: never fewer than the planner reads."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from planner.planning import read_scenario
from planner.revision import closure as closure_module
from planner.revision.closure import closure, texts
from planner.revision.folder import FolderTree
from planner.revision.git import CommitTree, Repository
from planner.revision.tree import RevisionError
from tests.revision.repositories import make_repository

BODY = """\
api_version: planner/v1
kind: FineTune
metadata: {name: bot}
models: [qwen3-8b]
methods: [lora]
hardware: {gpus: [l40s], counts: [1]}
"""
CONFIG = """{"model_type": "llama", "hidden_size": 512, "num_attention_heads": 8, "num_hidden_layers": 4,
"intermediate_size": 1024, "vocab_size": 32000, "note": "far.yaml"}"""
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 5\n"


def rests_on(root: Path, files: Mapping[str, str | bytes], path: str = "s.yaml") -> set[str]:
    """The closure in a working tree and in the commit of it, which must be the same."""
    make_repository(root, dict(files))
    repository = Repository(root)
    commit = CommitTree(repository, repository.commit("HEAD"), "HEAD")
    here, there = (closure(tree, path) for tree in (FolderTree(root, "working tree", repository), commit))
    commit.close()
    assert here.files == there.files
    assert here.digest == there.digest
    return set(here.files)


def test_everything_that_a_scenario_names(tmp_path: Path) -> None:
    files = {
        "scenarios/s.yaml": f"{BODY}extends: [../bases/one.yaml]\ncalibration: ../own.overlay.yaml\n",
        "bases/one.yaml": "extends: deeper/two.json\ndataset:\n  lengths: lengths.csv\n",
        "bases/deeper/two.json": '{"extends": "../three", "models": [{"config": "hub/config.json"}]}',
        "bases/three": "dataset: {file: ../data.jsonl, tokenizer: 'tok enizer.json'}\n",
        "bases/lengths.csv": "100\n",
        "bases/tok enizer.json": "{}",
        "bases/deeper/hub/config.json": CONFIG,
        "data.jsonl": '{"text": "a"}\n{"text": "bases/never.yaml"}\n',
        "own.overlay.yaml": "kind: CalibrationOverlay\n",
        "scenarios/other.yaml": BODY,
        "bases/never.yaml": "a: 1",
        "far.yaml": "a: 1",
    }
    found = rests_on(tmp_path, files, "scenarios/s.yaml")
    assert found == set(files) - {"scenarios/other.yaml", "bases/never.yaml", "far.yaml"}


def test_the_planner_reads_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened while a scenario is read is in its closure, through links and from wherever it is named."""
    files = {
        "real/s.yaml": f"{BODY}extends: base.yaml\n",
        "real/base.yaml": "extends: more.json\ndataset: {file: beside.jsonl}\n",
        "real/more.json": '{"train": {"epochs": 2}}',
        "links/beside.jsonl": '{"text": "hello"}\n',
        "real/beside.jsonl": '{"text": "hello hello"}\n',
    }
    make_repository(tmp_path, files)
    (tmp_path / "links" / "s.yaml").symlink_to("../real/s.yaml")
    monkeypatch.chdir(tmp_path)
    found = set(closure(FolderTree(tmp_path, "working tree", Repository(tmp_path)), "links/s.yaml").files)
    opened: set[str] = set()
    real: Callable[..., object] = Path.open

    def note(path: Path, *words: object, **named: object) -> object:
        full = path.resolve()
        if full.is_relative_to(tmp_path):
            opened.add(full.relative_to(tmp_path).as_posix())
        return real(path, *words, **named)

    monkeypatch.setattr(Path, "open", note)
    read_scenario(Path("links/s.yaml"))
    assert opened
    assert opened <= found
    assert "links/s.yaml" in found


def test_a_dataset_beside_a_link_counts(tmp_path: Path) -> None:
    make_repository(
        tmp_path, {"real/s.yaml": f"{BODY}dataset: {{file: data.jsonl}}\n", "links/data.jsonl": "x", "real/x": "y"}
    )
    (tmp_path / "links" / "s.yaml").symlink_to("../real/s.yaml")
    (tmp_path / "again").symlink_to("links")
    tree = FolderTree(tmp_path, "working tree", Repository(tmp_path))
    linked = {"links/data.jsonl", "links/s.yaml", "real/s.yaml"}
    assert set(closure(tree, "links/s.yaml").files) == linked
    assert set(closure(tree, "again/s.yaml").files) == linked | {"again"}
    assert set(closure(tree, "real/s.yaml").files) == {"real/s.yaml"}


def test_a_path_from_the_root_of_the_machine(tmp_path: Path) -> None:
    """The planner reads it where it lies in the repository."""
    make_repository(tmp_path, {"s.yaml": f"extends: {tmp_path}/base.yaml\nowner: /etc/passwd\n", "base.yaml": "a: 1\n"})
    tree = FolderTree(tmp_path, "working tree", Repository(tmp_path))
    assert set(closure(tree, "s.yaml").files) == {"s.yaml", "base.yaml"}


def test_bare_words_may_be_folders(tmp_path: Path) -> None:
    files = {"s.yaml": "a: [models, ./models, models/]\n", "models/x.yaml": "x", "models/big.bin": LFS}
    assert rests_on(tmp_path, files) == {"s.yaml"}


def test_aliases_count_once(tmp_path: Path) -> None:
    files = {"s.yaml": "a: &x one.yaml\nb: *x\n<<: {c: two.yaml}\n", "one.yaml": "1", "two.yaml": "2"}
    assert rests_on(tmp_path, files) == set(files)


def test_files_in_a_circle(tmp_path: Path) -> None:
    files = {
        "s.yaml": "extends: ./x/../a.yaml\n",
        "a.yaml": "extends: [./a.yaml, x/./b.yaml, ././a.yaml]\n",
        "x/b.yaml": "extends: [../s.yaml, ../x/../x/b.yaml]\n",
    }
    assert rests_on(tmp_path, files) == set(files)


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
)
HOSTILE: dict[str, str | bytes] = {
    "aliases": BOMB,
    "deep": "[" * 50_000,
    "deep-closed": "[" * 900 + "]" * 900,
    "binary": bytes(range(256)) * 100,
    "nul": b"a: b\0c\n",
    "utf-16": "a: base.yaml".encode("utf-16"),
    "latin-1": b"a: \xe9\n",
    "python": "!!python/object/apply:os.system ['touch hacked']\n",
    "unknown-alias": "a: *nowhere\n",
    "empty": "",
    "huge": "- a\n" * 300_000,
    "many": "- a/b\n" * 150_000,
    "long": "a: " + "x/" * 100_000 + "\n",
    "outside": "a: [../../../etc/passwd, .., /etc/passwd, ~/.ssh/id_rsa, file:///etc/passwd, ../s.yaml/..]\n",
    "git": "a: [.git/config, .git, .GIT/HEAD, x/../.git/config]\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_ends_in_itself(tmp_path: Path, name: str) -> None:
    files = {"s.yaml": HOSTILE[name], "hacked.yaml": "x"}
    assert rests_on(tmp_path, files) == {"s.yaml"}
    assert not Path("hacked").exists()


def test_parts_before_what_cannot_be_parsed_still_count() -> None:
    assert list(texts(b"a: one.yaml\nb: [\n")) == ["a", "one.yaml", "b"]


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closure_module, "MOST", 5)
    names = [f"{i}.yaml" for i in range(6)]
    files = {"s.yaml": f"extends: [{', '.join(names)}]\n", **dict.fromkeys(names, "x")}
    with pytest.raises(RevisionError, match=r"s\.yaml rests on more than 5 files"):
        rests_on(tmp_path, files)


def test_too_many_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closure_module, "MOST", 5)
    make_repository(tmp_path, {"s.yaml": f"extends: [{', '.join(f'l{i}' for i in range(9))}]\n", "x": "x"})
    for i in range(9):
        (tmp_path / f"l{i}").symlink_to("x")
    with pytest.raises(RevisionError, match="more than 5 files"):
        closure(FolderTree(tmp_path, "folder"), "s.yaml")


def test_a_pointer_of_lfs_gives_a_message(tmp_path: Path) -> None:
    make_repository(tmp_path, {"s.yaml": "dataset: {file: data.jsonl}\n", "data.jsonl": LFS})
    found = closure(FolderTree(tmp_path, "working tree"), "s.yaml")
    assert found.missing == (
        "data.jsonl is kept by Git LFS and only its pointer is here: run git lfs pull",
    )  # fmt: skip


def test_a_submodule_gives_a_message(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, {"s.yaml": "extends: [lib/base.yaml, lib/deep/other.yaml]\nowner: lib\n"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    repo.git("commit", "-qm", "submodule")
    repository = Repository(tmp_path)
    tree = CommitTree(repository, repository.commit("HEAD"), "main")
    found = closure(tree, "s.yaml")
    tree.close()
    assert sorted(found.missing) == [
        "lib lies in the submodule lib, which is not read",
        "lib/base.yaml lies in the submodule lib, which is not read",
        "lib/deep/other.yaml lies in the submodule lib, which is not read",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"base.yaml": "a: 2\n"},
        {"s.yaml": "extends: base.yaml\nb: 1\n"},
        {"data.jsonl": "y"},
        {"base.yaml": "a: 1\nfile: data.jsonl\n# more\n"},
    ],
)
def test_the_digest_moves_with_every_file(tmp_path: Path, change: dict[str, str]) -> None:
    files = {"s.yaml": "extends: base.yaml\n", "base.yaml": "a: 1\nfile: data.jsonl\n", "data.jsonl": "x", "free": "f"}
    repo = make_repository(tmp_path, files)
    first = closure(FolderTree(tmp_path, "a"), "s.yaml").digest
    repo.write({"free": "g", "new.yaml": "n"})
    assert closure(FolderTree(tmp_path, "b"), "s.yaml").digest == first
    repo.write(change)
    assert closure(FolderTree(tmp_path, "c"), "s.yaml").digest != first


def test_the_digest_moves_with_where_a_link_leads(tmp_path: Path) -> None:
    make_repository(tmp_path, {"s.yaml": "extends: link\n", "one": "1", "two": "2"})
    digests = []
    for target in ("one", "two", "/etc/passwd", "nowhere"):
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(target)
        digests.append(closure(FolderTree(tmp_path, target), "s.yaml").digest)
    assert len(set(digests)) == 4


def test_a_file_that_was_not_cloned_is_said(tmp_path: Path) -> None:
    full = make_repository(tmp_path / "full", {"s.yaml": "extends: base.yaml\n", "base.yaml": "a: 1\n"})
    full.commit({"base.yaml": "a: 2\n"})
    full.git("config", "uploadpack.allowFilter", "true")
    full.git("clone", "-q", "--filter=blob:none", "--no-local", f"file://{full.root}", str(tmp_path / "partial"))
    repository = Repository(tmp_path / "partial")
    tree = CommitTree(repository, repository.commit("HEAD~1"), "HEAD~1")
    with pytest.raises(RevisionError, match=r"base\.yaml at HEAD~1 is not in this clone"):
        closure(tree, "s.yaml")
    tree.close()
