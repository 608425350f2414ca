"""Governing documents read from files: policies, exceptions, approvals, spend, tests of policies."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from planner.policy.crossing import cross_problems
from planner.policy.governance import FORMS, Governance, Written
from planner.resources import SCHEMAS
from planner.scenario.blocks import Block
from planner.source import Document, InvalidInput, Problem, parse_document, schema_problems
from planner.source.refused import refused
from planner.source.words import closest

MAX_FILES: Final = 2000
"""More files than any organisation governs with."""
ENDINGS: Final = (".yaml", ".yml")

Form = TypeVar("Form", bound=Block)


def read_governance(files: Iterable[tuple[str, bytes]], beside: Governance | None = None) -> Governance:
    """The governing documents among files, given as path from the repository's root and content.

    Files that are no YAML, and YAML of another kind, are skipped. Exceptions may also name policies of a governance
    `beside` this one. Raises InvalidInput with all problems of all files.
    """
    chosen = sorted((name, data) for name, data in files if name.lower().endswith(ENDINGS))
    if len(chosen) > MAX_FILES:
        problem = Problem("too-large", f"is one of {len(chosen):,} files; at most {MAX_FILES:,} are read", chosen[0][0])
        raise InvalidInput([problem], {})
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    read: list[Written[Block]] = []
    for name, data in chosen:
        try:
            document = parse_document(data, name)
            texts |= document.texts
            if (form := _form(document)) is not None:
                read.append(Written(_typed(document, form), document))
        except InvalidInput as error:
            problems += error.problems
            texts |= error.texts
    governance = Governance(**{form.field: _of(read, form.type) for form in FORMS.values()})
    problems += cross_problems(governance, beside or Governance(), whole=not problems)
    if problems:
        raise InvalidInput(problems, texts)
    return governance


@cache
def committed_schema(kind: str) -> dict[str, Any]:
    """The committed JSON Schema of a kind of document."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8"))
    return schema


def _of(read: Iterable[Written[Block]], form: type[Block]) -> tuple[Any, ...]:
    return tuple(each for each in read if isinstance(each.value, form))


def _form(document: Document) -> type[Block] | None:
    """The type that a document is of; None where it is of a kind that governs nothing.

    A kind that looks like a slip is refused: a policy that is skipped silently would judge nothing.
    """
    data = document.data
    if not isinstance(data, dict):
        raise InvalidInput([document.problem("type", "a document is a mapping of keys to values", ())], document.texts)
    kind, kinds = data.get("kind"), ", ".join(FORMS)
    if "kind" not in data:
        problem = document.problem("kind", "missing key 'kind'", ("kind",), hint=f"kinds here: {kinds}")
        raise InvalidInput([problem], document.texts)
    if isinstance(kind, str) and kind in FORMS:
        return FORMS[kind].type
    guess = closest(kind, FORMS, 0.7) if isinstance(kind, str) else None
    if guess is None and isinstance(kind, str):
        return None
    hint = f"did you mean {guess!r}?" if guess else f"kinds here: {kinds}"
    raise InvalidInput([document.problem("kind", f"unknown kind {kind!r}", ("kind",), hint=hint)], document.texts)


def _typed(document: Document, form: type[Form]) -> Form:
    """The document as its type; JSON Schema first, for its places, then the rules that a schema cannot say."""
    problems = schema_problems(document, committed_schema(form.__name__))
    if problems:
        raise InvalidInput(problems, document.texts)
    try:
        return form.model_validate(document.data)
    except ValidationError as error:
        raise InvalidInput(refused(document, error.errors()), document.texts) from None
