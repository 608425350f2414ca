"""Several files, overrides and `--set` → one document in which every value still knows where it was written."""

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from planner.scenario.assignments import parse_assignment
from planner.scenario.lineage import Lineage
from planner.scenario.merge import Layer, Merge
from planner.source import Document, InvalidInput, Path, Problem

FORM = frozenset({"extends", "overrides", "abstract"})
"""Keys that say how a scenario is put together, not what is in it."""
PRINTING = frozenset({"templates"})
"""Keys that say how a plan is printed; no figure rests on them."""
PRINTED_OF_METADATA = frozenset({"question"})
"""The same of the block `metadata`."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What the command line adds to a scenario."""

    overrides: tuple[str, ...] = ()
    """Names of overrides, in the order in which they are laid on."""
    assignments: tuple[str, ...] = ()
    """`dotted.path=value`, laid on last, in order."""

    def __bool__(self) -> bool:
        return bool(self.overrides or self.assignments)

    @property
    def words(self) -> list[str]:
        """The changes as options of the command line."""
        return [f"--override {name}" for name in self.overrides] + [f"--set {text}" for text in self.assignments]


@dataclass(frozen=True, slots=True)
class Composed(Document):
    """One document made of several; `file`, `text` and the digest's first part are those of the scenario itself."""

    parts: tuple[Document, ...]
    """All documents that places point into."""
    homes: Mapping[Path, int]
    """Path of a value → the part it is written in."""
    bases: tuple[FilePath, ...]
    """Files that the scenario extends, directly or through each other."""
    overrides: tuple[str, ...]
    """Names of all overrides there are."""
    abstract: bool
    """Whether the scenario's own file says that it is a base for others."""
    warnings: tuple[Problem, ...]
    changes: Changes

    @property
    def texts(self) -> Mapping[str, str]:
        """File → text of every part."""
        return {part.file: part.text for part in self.parts}

    def file_at(self, path: Path) -> str:
        """The file that the value at `path` is written in, or its nearest parent."""
        for end in range(len(path), -1, -1):
            if (part := self.homes.get(path[:end])) is not None:
                return self.parts[part].file
        return self.file


def compose(document: Document, file: FilePath, changes: Changes = Changes()) -> Document:
    """The document that a scenario, the files it extends and the command line make together.

    Of several that write the same key the later one counts: defaults of the types < extended files, in order < the
    file itself < chosen overrides, in order < `--set`, in order.

    Mappings merge key by key; lists, scalars and axes replace what was there; `null` takes an inherited key away. An
    override that several files of the line write is laid on file by file. Raises InvalidInput with every problem.
    """
    if not isinstance(document.data, dict):
        return document
    lineage = Lineage(document, file)
    files = lineage.documents
    problems = [*lineage.problems, *(problem for each in files for problem in _misused(each))]
    texts = dict(lineage.texts)
    blocks = _override_blocks(files)
    layers = [Layer(each, file=True) for each in files]
    for name in changes.overrides:
        if name not in blocks:
            problems.append(_unknown_override(name, list(blocks)))
        layers += blocks.get(name, [])
    for text in changes.assignments:
        try:
            layers.append(Layer(parse_assignment(text)))
        except InvalidInput as error:
            problems += error.problems
            texts |= error.texts
    merged = Merge(layers)
    texts |= {part.file: part.text for part in merged.parts}
    problems += merged.problems
    if any(problem.severity == "error" for problem in problems):
        raise InvalidInput(problems, texts)
    return Composed(
        document.file, document.text, merged.data, merged.keys, merged.values, _digest(files, changes), merged.parts,
        merged.homes, tuple(lineage.files[:-1]), tuple(blocks), document.data.get("abstract") is True, tuple(problems),
        changes,
    )  # fmt: skip


def meaning(document: Document) -> str:
    """SHA-256 over what a scenario says once it is put together: the same whatever its comments, layout and files.

    How its plan is printed does not count.
    """
    data = document.data
    said = {key: value for key, value in data.items() if key not in FORM | PRINTING} if isinstance(data, dict) else data
    if isinstance(said, dict) and isinstance(asked := said.get("metadata"), dict):
        said["metadata"] = {key: value for key, value in asked.items() if key not in PRINTED_OF_METADATA}
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _override_blocks(files: Sequence[Document]) -> dict[str, list[Layer]]:
    """Override → its blocks, in the order of the files."""
    blocks: dict[str, list[Layer]] = {}
    for each in files:
        written = each.data.get("overrides")
        for name in written if isinstance(written, dict) else ():
            blocks.setdefault(name, []).append(Layer(each, ("overrides", name)))
    return blocks


def _misused(document: Document) -> Iterator[Problem]:
    """Keys of composition with values of the wrong form."""
    data = document.data
    for key, hint in (
        ("overrides", "overrides: {cheap: {constraints: {max_cost: $100}}}"),
        ("abstract", "true, false"),
    ):
        form = dict if key == "overrides" else bool
        if key in data and not isinstance(data[key], form):
            words = "a mapping of names to parts of a scenario" if key == "overrides" else "true or false"
            empty = document.span((key,)).empty
            yield document.problem("wrong-type", f"{key!r} must be {words}", (key,), key=empty, hint=hint)
    written = data.get("overrides")
    for name, block in written.items() if isinstance(written, dict) else ():
        if not isinstance(block, dict):
            path: Path = ("overrides", name)
            message = f"override {name!r} must be a mapping: part of a scenario"
            yield document.problem("wrong-type", message, path, key=document.span(path).empty)


def _unknown_override(name: str, known: list[str]) -> Problem:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}" if known else None
    message = f"no override {name!r}" if known else f"no override {name!r}: the scenario has none"
    return Problem("override", message, f"--override {name}", hint=hint)


def _digest(files: Sequence[Document], changes: Changes) -> str:
    """SHA-256 over all that was composed, in order; of a file alone its own."""
    if len(files) == 1 and not changes:
        return files[0].digest
    parts = [each.digest for each in files] + changes.words
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
