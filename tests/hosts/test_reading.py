"""A check.json read back."""

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.hosts.reading import read_check, read_text
from tests.report.checks import broken_budget


def test_a_check_from_its_file_or_its_folder(tmp_path: Path) -> None:
    (tmp_path / "check.json").write_text(broken_budget().model_dump_json())
    assert read_check(tmp_path) == read_check(tmp_path / "check.json") == broken_budget()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no check of this version"),
        (b"not json", "no check of this version"),
        (b'{"kind": "Plan", "front": []}', "no check of this version (kind: "),
        (b"[" * 100_000, "no check of this version"),
        (b"\xff\xfe", "no check of this version"),
    ],
)
def test_what_is_no_check(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_check(tmp_path / "x.json")
    assert words in str(caught.value)
    assert "`planner check --out DIR` writes one" in str(caught.value)


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"none\.json: No such file or directory; `planner check --out DIR` writes"):
        read_check(tmp_path / "none.json")
    (tmp_path / "x").write_bytes(b"\xff")
    with pytest.raises(InputError, match="no text in UTF-8"):
        read_text(tmp_path / "x")
    monkeypatch.setattr("planner.hosts.reading.MAX_BYTES", 2**20)
    (tmp_path / "big").write_bytes(b" " * (2**20 + 1))
    with pytest.raises(InputError, match="more than 1 MiB, too large"):
        read_check(tmp_path / "big")
