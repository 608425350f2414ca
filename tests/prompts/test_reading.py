"""Files of prompts: every form, and what is said about those that cannot be read."""

import gzip
import json
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.prompts.prompt import Message, Prompt
from planner.prompts.reading import MAX_FILES, prompts_of
from planner.source import InvalidInput
from tests.prompts.samples import chat, write

ASKED = chat(("hi", ""), system="")


def read(path: Path) -> list[Prompt]:
    return list(prompts_of(path))


@pytest.mark.parametrize(
    ("row", "messages", "answer"),
    [
        ({"messages": chat(("hi", "hello"), system="be kind")}, [("system", "be kind"), ("user", "hi")], "hello"),
        ({"messages": ASKED}, [("user", "hi")], ""),
        ({"prompt": "hi", "completion": "hello"}, [("", "hi")], "hello"),
        (
            {"prompt": ASKED, "completion": chat(("", "ok"), system="")[1:]},
            [("user", "hi")],
            "ok",
        ),
        ({"input": "hi", "output": "hello"}, [("", "hi")], "hello"),
        ({"input": "hi"}, [("", "hi")], ""),
        ({"text": "hi"}, [("", "hi")], ""),
        ({"custom_id": "1", "body": {"messages": ASKED}}, [("user", "hi")], ""),
        (
            {"messages": ASKED, "tools": [{"n": 1}]},
            [("system", '[{"n": 1}]'), ("user", "hi")],
            "",
        ),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]}, [("user", "hi")], ""),
    ],
)
def test_forms(tmp_path: Path, row: object, messages: list[tuple[str, str]], answer: str) -> None:
    expected = Prompt(tuple(Message(role, text) for role, text in messages), answer)
    assert read(write(tmp_path / "p.jsonl", [row])) == [expected]


def test_a_file_of_json_lines_is_known_by_what_it_begins_with(tmp_path: Path) -> None:
    assert len(read(write(tmp_path / "log", [{"text": "a"}, {"text": "b"}]))) == 2
    (tmp_path / "p.txt").write_text("{name}, please", "utf-8")
    assert read(tmp_path / "p.txt") == [Prompt((Message("", "{name}, please"),))]


def test_a_folder_without_hidden_files_and_links(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "b" / "z.md").write_text("two", "utf-8")
    (tmp_path / "a.txt").write_text("\ufeffone", "utf-8")
    (tmp_path / ".git" / "x.txt").write_text("hidden", "utf-8")
    (tmp_path / "c.txt").write_text("  \n", "utf-8")
    (tmp_path / "d.txt").symlink_to(tmp_path / "a.txt")
    assert [prompt.messages[0].text for prompt in read(tmp_path)] == ["one", "two"]


def test_everything_wrong_is_told_by_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"text": "fine"}\n{"text": 5}\n[1]\n{"foo": 1}\n{"text": "a\n{"text": "\xff"}\n'
        b'{"messages": [{"role": "user"}]}\n'
    )
    (tmp_path / "b.txt").write_bytes(b"one\ntw\xff")
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path)
    told = [(Path(p.file).name, p.span and (p.span.line, p.span.column), p.message) for p in caught.value.problems]
    assert told == [
        ("a.jsonl", (2, 1), "'text' is a number, not text"),
        ("a.jsonl", (3, 1), "a row is an object of keys and values, not a list"),
        ("a.jsonl", (4, 1), "the row holds no prompt; its keys: 'foo'"),
        ("a.jsonl", (5, 10), "not JSON: unterminated string"),
        ("a.jsonl", (6, 11), "not UTF-8: byte 0xff"),
        ("a.jsonl", (7, 1), "message 1 has no 'content'"),
        ("b.txt", (2, 3), "not UTF-8: byte 0xff"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no prompt"),
        (b'{"text": " "}\n\n', "holds no prompt"),
        (gzip.compress(b"x", mtime=0), "is a gzip file"),
        (json.dumps({"text": "a"}).encode("utf-16"), "is UTF-16 text"),
    ],
)
def test_files_that_hold_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "p.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(tmp_path / "p.jsonl")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read(tmp_path / "nothing.jsonl")
    with pytest.raises(InputError, match="is no regular file"):
        read(Path("/dev/null"))
    (tmp_path / "p.md").write_bytes(b"a\0b")
    with pytest.raises(InvalidInput, match="is no text"):
        read(tmp_path / "p.md")


def test_tables_and_archives_are_no_prompts(tmp_path: Path) -> None:
    """Read as one prompt, they would be counted as if nothing in them were a prompt of its own."""
    (tmp_path / "log.csv").write_text("prompt\nhello\n", "utf-8")
    (tmp_path / "p.JSONL.GZ").write_bytes(gzip.compress(b'{"text": "a"}'))
    with pytest.raises(InvalidInput) as raised:
        read(tmp_path)
    assert [(one.message, one.hint) for one in raised.value.problems] == [
        ("is a table", "write its rows as JSON lines, a prompt a line"), ("is compressed", "unpack it"),
    ]  # fmt: skip


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_FILES >= 1000
    monkeypatch.setattr("planner.prompts.reading.MAX_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("x", "utf-8")
    with pytest.raises(InputError, match="more than 2 files"):
        read(tmp_path)
