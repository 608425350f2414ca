"""A JSONL file → how many samples it has of each length, and which share of their tokens is learned from."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from planner.space.dataset_lines import Broken, DataFile
from planner.space.dataset_rows import KEYS, Format, RowError, Texts, detect, parse, texts_of
from planner.space.dataset_tokens import Count

BATCH_CHARACTERS = 2**20
FORMATS = "messages, nor prompt and completion, nor text"


@dataclass(slots=True)
class Samples:
    """What was counted so far."""

    form: Format | None
    count: Count
    lengths: Counter[int] = field(default_factory=Counter)
    """Length in tokens, template included → samples."""
    tokens: float = 0.0
    learned: float = 0.0
    empty: int = 0
    """Rows without any text; nothing is trained on them."""
    _texts: list[Texts] = field(default_factory=list)
    _template: list[tuple[int, int]] = field(default_factory=list)
    _size: int = 0

    def add(self, texts: Texts, template: int, learned: int) -> None:
        """One more row."""
        size = sum(len(text) for text, _ in texts)
        if not size:
            self.empty += 1
            return
        self._texts.append(texts)
        self._template.append((template, learned))
        self._size += size
        if self._size > BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Count what is waiting."""
        for (tokens, learned), (around, ends) in zip(self.count(self._texts), self._template, strict=True):
            length = max(1, round(tokens + around))
            self.lengths[length] += 1
            self.tokens += tokens + around
            self.learned += learned + ends
        self._texts, self._template, self._size = [], [], 0


def count_samples(file: DataFile, broken: Broken, form: Format | None, count: Count) -> Samples:
    """Count the file; the format is that of its first usable row unless given. Problems go to `broken`."""
    samples = Samples(form, count)
    for first, lines in file.blocks():
        for number, line in enumerate(lines, first):
            if not line or line.isspace():
                continue
            try:
                _row(line, number, samples, broken)
            except RowError as error:
                broken.line(number, str(error))
    samples.flush()
    return samples


def read_row(line: bytes, number: int, broken: Broken) -> dict[str, Any] | None:
    """The object on a line; None where it is none, which is told. Raises RowError where it is JSON of another kind."""
    try:
        return parse(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode("utf-8")) + 1
        broken.line(number, f"not UTF-8: byte 0x{line[error.start]:02x}", "save the file as UTF-8", column)
    except json.JSONDecodeError as error:
        broken.line(
            number, f"not JSON: {error.msg[:1].lower()}{error.msg[1:].removesuffix(' starting at')}", None, error.colno
        )
    return None


def _row(line: bytes, number: int, samples: Samples, broken: Broken) -> None:
    row = read_row(line, number, broken)
    if row is None:
        return
    form = samples.form or detect(row)
    keys = f"its keys: {', '.join(map(repr, list(row)[:5])) or 'none'}"
    if form is None:
        broken.line(number, f"the row has neither {FORMATS}", keys)
        return
    missing = next((name for name in KEYS[form] if name not in row), None)
    if missing is not None:
        broken.line(number, f"the row has no {missing!r}; rows of this file are {form.replace('_', ' and ')}", keys)
        return
    samples.form = form
    samples.add(*texts_of(row, form))
