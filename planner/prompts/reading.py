"""Files of prompts: JSON lines, plain text, or a folder of either; read one prompt at a time."""

import json
import os
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from planner.errors import InputError
from planner.prompts.prompt import Message, Prompt
from planner.source import InvalidInput, Problem
from planner.space.dataset_jsonl import read_row
from planner.space.dataset_lines import MAX_LINE, Broken, DataFile
from planner.space.dataset_rows import RowError, messages_of, text_of

JSON_LINES: Final = (".jsonl", ".ndjson", ".jsonlines")
TEXTS: Final = (".txt", ".text", ".md", ".prompt")
"""Endings of files that are one prompt each, whatever they begin with."""
_NO_PROMPTS: Final = {
    **dict.fromkeys(
        (".csv", ".tsv", ".parquet", ".xlsx"), ("is a table", "write its rows as JSON lines, a prompt a line")
    ),
    **dict.fromkeys((".gz", ".zst", ".zip"), ("is compressed", "unpack it")),
}
"""Endings of files that would be one prompt with all prompts in it, and what to do about them."""
MAX_FILES: Final = 10_000
SHAPES: Final = "messages, prompt and completion, input and output, or text"
_PAIRS: Final = (("prompt", "completion"), ("input", "output"))


def prompts_of(path: Path) -> Iterator[Prompt]:
    """All prompts below a path, in the order of their files and lines.

    A file of JSON lines has a prompt a line; any other file is one prompt. Of a folder all files count but hidden ones
    and links. Everything wrong with the files is raised at the end as InvalidInput, by line and column.
    """
    found = 0
    problems: list[Problem] = []
    for file in _files(path):
        broken = Broken(str(file))
        for prompt in _read(file, broken):
            found += 1
            if not problems:
                yield prompt
        problems += broken.problems()
    if problems:
        raise InvalidInput(problems, {})
    if not found:
        message = f"{path}: holds no prompt; rows hold {SHAPES}"
        raise InputError(message)


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path] if path.is_file() else _absent(path)
        found: list[Path] = []
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            plain = (Path(folder, name) for name in sorted(names) if not name.startswith("."))
            found += [file for file in plain if file.is_file() and not file.is_symlink()]
            if len(found) > MAX_FILES:
                message = f"{path}: has more than {MAX_FILES:,} files; write them as JSON lines, a prompt a line"
                raise InputError(message)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise InputError(message) from error
    return found


def _absent(path: Path) -> list[Path]:
    message = f"{path}: is no regular file" if path.exists() else f"{path}: no such file or folder"
    raise InputError(message)


def _read(file: Path, broken: Broken) -> Iterator[Prompt]:
    if (refused := _NO_PROMPTS.get(file.suffix.lower())) is not None:
        broken.file(*refused)
        return iter(())
    return _lines(file, broken) if _has_lines(file) else _whole(file, broken)


def _has_lines(file: Path) -> bool:
    """Whether a file holds a prompt a line: by its name, else because it begins as JSON does."""
    ending = file.suffix.lower()
    if ending in JSON_LINES or ending in TEXTS:
        return ending in JSON_LINES
    with _opened(file) as opened:
        return opened.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def _opened(file: Path) -> BufferedReader:
    try:
        return file.open("rb")
    except OSError as error:
        message = f"{file}: cannot be read: {error.strerror or error}"
        raise InputError(message) from error


def _whole(file: Path, broken: Broken) -> Iterator[Prompt]:
    """A file of plain text as one prompt; an empty one is none."""
    with _opened(file) as opened:
        content = opened.read(MAX_LINE + 1)
    if len(content) > MAX_LINE:
        broken.file(f"is longer than the {MAX_LINE // 2**20} MiB that one prompt may have", "write JSON lines")
    elif b"\0" in content[:4096]:
        broken.file("is no text", "name files of text, or JSON lines")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        column = len(content[start : error.start].decode("utf-8", "replace")) + 1
        broken.line(line, f"not UTF-8: byte 0x{content[error.start]:02x}", "save the file as UTF-8", column)
        return
    if text.strip() and not broken.whole:
        yield Prompt((Message("", text),))


def _lines(path: Path, broken: Broken) -> Iterator[Prompt]:
    _opened(path).close()
    for first, lines in DataFile(path, broken).blocks():
        for number, line in enumerate(lines, first):
            if not line or line.isspace():
                continue
            try:
                row = read_row(line, number, broken)
                prompt = None if row is None else _prompt(row)
            except RowError as error:
                broken.line(number, str(error), f"a line is an object that holds {SHAPES}")
                continue
            if prompt is not None and not broken.count and any(one.text.strip() for one in prompt.messages):
                yield prompt


def _prompt(row: dict[str, Any]) -> Prompt:
    """A row as a prompt; of a request to a batch API its body counts."""
    body = row.get("body")
    row = body if isinstance(body, dict) and "messages" in body else row
    if "messages" in row:
        return _chat(row)
    for asked, answered in _PAIRS:
        if asked not in row:
            continue
        answer = row.get(answered) or ""
        answer = "".join(text for _, text in messages_of(answer, answered)) if isinstance(answer, list) else answer
        if isinstance(row[asked], list):
            return Prompt(tuple(_messages(row[asked], asked)), text_of(answer, repr(answered)))
        return Prompt((Message("", text_of(row[asked], repr(asked))),), text_of(answer, repr(answered)))
    if "text" in row:
        return Prompt((Message("", text_of(row["text"], "'text'")),))
    keys = ", ".join(map(repr, list(row)[:5])) or "none"
    message = f"the row holds no prompt; its keys: {keys}"
    raise RowError(message)


def _chat(row: dict[str, Any]) -> Prompt:
    """Messages; the last one is the answer where an assistant wrote it. Tools that are offered are instructions."""
    messages = _messages(row["messages"], "messages")
    answer = messages.pop().text if messages[-1].role == "assistant" else ""
    tools = row.get("tools")
    offered = [Message("system", json.dumps(tools, ensure_ascii=False))] if tools else []
    return Prompt((*offered, *messages), answer)


def _messages(value: Any, name: str) -> list[Message]:  # noqa: ANN401 - any JSON value
    return [Message(role, text) for role, text in messages_of(value, name)]
