"""One thing a schema refuses, as its complaints need it; nothing here knows the validator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.source.document import Document
from planner.source.excerpt import quoted, shortened
from planner.source.places import Path, dotted
from planner.source.problems import Problem
from planner.source.shapes import Schema, Shapes
from planner.source.words import QUANTITIES, either, found
from planner.units import EXAMPLES

_HINT: Final = 200
_SHORT: Final = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """A value, the keyword of the schema that refuses it, and where both stand."""

    document: Document
    lines: Mapping[str, Sequence[str]]
    """Text of the document, line by line, by file."""
    shapes: Shapes
    path: Path
    value: Any
    keyword: str
    asked: Any
    """What the keyword asks for: a bound, a list of names, a type."""
    schema: Schema
    """The schema the keyword stands in."""
    branches: Sequence[Sequence["Fault"]] = ()
    """Of a union: what each of its forms refuses."""
    names_key: bool = False
    """Whether `value` is a key of the mapping at `path`, refused as a name."""

    @property
    def quantity(self) -> str | None:
        """The kind of quantity asked for, if it is one the planner knows."""
        kind = self.schema.get("x-quantity")
        return kind if kind in QUANTITIES else None

    @property
    def subject(self) -> str:
        """The value's name in a sentence."""
        return quoted(dotted(self.path)) if self.path else "the document"

    @property
    def advice(self) -> str | None:
        """What the schema says about the value: how to write the quantity, examples, the description."""
        if self.quantity:
            examples = self.schema.get("examples")
            return f"write for example {either(examples) if examples else EXAMPLES[self.quantity]}"
        return self.about(self.path, self.schema)

    @property
    def written(self) -> str:
        """The value as it stands in the text; '' when it takes several lines or is an alias."""
        span = self.document.span(self.path)
        if span.line != span.end_line:
            return ""
        text = self.lines[self.document.file_at(self.path)][span.line - 1][span.column - 1 : span.end_column - 1]
        return "" if text.startswith(("*", "&", "!")) else text

    @property
    def shown(self) -> str:
        """The value as it stands in the text, if that is short, or else what it is."""
        text = self.written
        return text if 0 < len(text) <= _SHORT else found(self.value)

    def about(self, path: Path, schema: object) -> str | None:
        """The schema's description of a value, on one line."""
        words = self.shapes.resolved(schema).get("description") or self.shapes.description(path)
        return shortened(" ".join(words.split()), _HINT) if words else None

    def problem(self, code: str, message: str, hint: str | None = None) -> Problem:
        """A problem with the value; without a better hint, the schema's own words."""
        empty = self.document.span(self.path).empty
        return self.document.problem(code, message, self.path, key=empty, hint=hint or self.advice)

    def key_problem(self, code: str, message: str, key: str, hint: str | None) -> Problem:
        """A problem with a key of the value, a mapping."""
        return self.document.problem(code, message, (*self.path, key), key=True, hint=hint)
