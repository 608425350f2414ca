"""Files that a review names with wildcards: found in order, never outside of the repository."""

from pathlib import Path

import pytest

from planner.planning.review_files import matching
from planner.space.dataset_places import NamedFileError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inside = tmp_path / "repository"
    for name in ("a/2026-01.csv", "a/2026-02.csv", "b/2026-01.csv", "b/.hidden.csv", ".git/x.csv", "scenario.yaml"):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_text(name)
    (tmp_path / "outside.csv").write_text("secret")
    return inside


def names(root: Path, pattern: str) -> list[str]:
    return [found.name for found in matching(pattern, str(root / "scenario.yaml"), root)]


def test_wildcards_stand_for_files_and_folders_in_order(root: Path) -> None:
    assert names(root, "a/*.csv") == ["a/2026-01.csv", "a/2026-02.csv"]
    assert names(root, "*/2026-01.csv") == ["a/2026-01.csv", "b/2026-01.csv"]
    assert names(root, "?/2026-0?.csv") == ["a/2026-01.csv", "a/2026-02.csv", "b/2026-01.csv"]
    assert names(root, "b/2026-01.csv") == ["b/2026-01.csv"]


def test_brackets_are_signs_of_a_name(root: Path) -> None:
    (root / "a" / "copy[1].csv").write_text("x")
    (root / "a" / "copy1.csv").write_text("x")
    assert names(root, "a/copy[1].csv") == ["a/copy[1].csv"]
    assert names(root, "a/copy[1]*") == ["a/copy[1].csv"]


def test_what_is_hidden_is_named_only_by_its_dot(root: Path) -> None:
    assert names(root, "b/*.csv") == ["b/2026-01.csv"]
    assert names(root, "b/.h*.csv") == ["b/.hidden.csv"]
    assert ".git/x.csv" not in names(root, "*/*.csv")


def test_nothing_outside_is_read(root: Path) -> None:
    with pytest.raises(NamedFileError, match="lies outside the repository"):
        names(root, "../*.csv")
    (root / "a" / "link.csv").symlink_to(root.parent / "outside.csv")
    with pytest.raises(NamedFileError, match="outside the repository"):
        names(root, "a/*.csv")


def test_no_file_is_told_with_those_there_are(root: Path) -> None:
    with pytest.raises(NamedFileError, match=r"no file is called 'a/\*.parquet'") as caught:
        names(root, "a/*.parquet")
    assert caught.value.hint == "there are: 2026-01.csv, 2026-02.csv"
    with pytest.raises(NamedFileError) as caught:
        names(root, "c/*.csv")
    assert caught.value.hint == "there is no folder 'c'; paths start at the folder of the file that names them"
