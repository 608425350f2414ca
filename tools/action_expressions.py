"""The part of GitHub's expressions that our action uses: contexts, comparisons, and, or, not, status functions.

Anything else is refused, so that a step which a runner would read differently is never guessed at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|(?P<sign>\|\||&&|==|!=|[!()]))"
)
_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}

Value = str | float | bool | None


class ExpressionError(ValueError):
    """An expression that this part does not cover; its text says which."""


@dataclass(frozen=True)
class Contexts:
    """What an expression may look at."""

    values: Mapping[str, Any]
    """`inputs`, `github`, `steps` …, as nested mappings."""
    failed: bool = False
    """Whether an earlier step failed."""
    functions: tuple[str, ...] = field(default=("success", "failure", "always", "cancelled"), init=False)

    def status(self, name: str) -> bool:
        """The value of a status function."""
        if name not in self.functions:
            message = f"the function {name} is not covered"
            raise ExpressionError(message)
        return {"success": not self.failed, "failure": self.failed, "always": True, "cancelled": False}[name]

    def look_up(self, path: str) -> Value:
        """The value of a dotted path; a missing step or output is empty, as on a runner, a missing context an error."""
        words = path.split(".")
        if words[0] not in self.values:
            message = f"the context {words[0]!r} is not covered"
            raise ExpressionError(message)
        found: Any = self.values
        for word in words:
            found = found.get(word, "") if isinstance(found, Mapping) else ""
        if isinstance(found, Mapping | list):
            message = f"{path} is no plain value"
            raise ExpressionError(message)
        value: Value = found
        return value


def shown(value: Value) -> str:
    """A value as a runner writes it into text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return value or ""


def fill(text: str, contexts: Contexts) -> str:
    """Text with every `${{ … }}` replaced by its value."""
    return _TEMPLATE.sub(lambda found: shown(evaluate(found[1], contexts)), text)


def holds(condition: str, contexts: Contexts) -> bool:
    """Whether an `if:` lets its step run; without a status function a step runs only while none has failed."""
    bare = condition.strip()
    if whole := re.fullmatch(r"\$\{\{(.*)\}\}", bare, re.DOTALL):
        bare = whole[1]
    asks = re.search(r"\b(success|failure|always|cancelled)\(\)", bare)
    return bool(evaluate(bare, contexts)) and (bool(asks) or not contexts.failed)


def evaluate(expression: str, contexts: Contexts) -> Value:
    """The value of one expression, without its braces."""
    reader = _Reader(_tokens(expression), contexts)
    value = reader.either()
    if reader.left:
        message = f"{expression.strip()!r}: {reader.left[0][1]!r} was not expected"
        raise ExpressionError(message)
    return value


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            message = f"{expression.strip()!r} is not covered from {text[at:].strip()!r} on"
            raise ExpressionError(message)
        tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], contexts: Contexts) -> None:
        self.left = tokens
        self._contexts = contexts

    def either(self) -> Value:
        value = self._both()
        while self._next("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Value:
        value = self._equal()
        while self._next("&&"):
            other = self._equal()
            value = value and other
        return value

    def _equal(self) -> Value:
        value = self._one()
        while sign := self._next("==") or self._next("!="):
            value = _same(value, self._one()) is (sign == "==")
        return value

    def _one(self) -> Value:
        if self._next("!"):
            return not self._one()
        if self._next("("):
            value = self.either()
            self._need(")")
            return value
        kind, text = self.left.pop(0) if self.left else ("", "")
        if kind == "name":
            return self._named(text)
        if kind in ("text", "number"):
            return float(text) if kind == "number" else text[1:-1].replace("''", "'")
        message = f"a value was expected, not {text!r}"
        raise ExpressionError(message)

    def _named(self, name: str) -> Value:
        if name in _WORDS:
            return _WORDS[name]
        if self._next("("):
            self._need(")")
            return self._contexts.status(name)
        return self._contexts.look_up(name)

    def _next(self, sign: str) -> str:
        if self.left and self.left[0] == ("sign", sign):
            self.left.pop(0)
            return sign
        return ""

    def _need(self, sign: str) -> None:
        if not self._next(sign):
            message = f"{sign!r} is missing"
            raise ExpressionError(message)


def _same(one: Value, other: Value) -> bool:
    """Text is compared without regard to case; values of two kinds are not compared here."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if type(one) is not type(other):
        message = f"{one!r} and {other!r} are of two kinds, and what a runner makes of that is not covered"
        raise ExpressionError(message)
    return one == other
