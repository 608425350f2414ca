"""YAML text → a tree of nodes, read once, event by event.

The bounds hold while reading: a small file that unfolds into a large one is given up on at `MAX_NODES` values
or `MAX_DEPTH` levels.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import yaml

from planner.source.events import (
    LOADER,
    Event,
    Refused,
    collection_tag,
    enclosing,
    events_of,
    is_merge_key,
    opens_template,
    scalar_value,
    span_of,
    written,
)
from planner.source.excerpt import quoted, shortened
from planner.source.ledger import GiveUp, Ledger
from planner.source.nodes import Leaf, Mapping, Node, Sequence
from planner.source.places import Span
from planner.source.problems import Problem
from planner.source.syntax import syntax_problem

_THOUSANDS: Final = re.compile(r"(\$?\d{1,3}(?:,\d{3})*),\s*$")
"""What stands before a group of three digits that a comma cut off."""
_WHOLE: Final = re.compile(r"[:{\[,]\s*([$€£]?\s?\d+),\s*$")
"""The same before decimals."""


def compose(text: str, file: str, loader: Any = LOADER) -> tuple[Node | None, list[Problem]]:  # noqa: ANN401
    """The tree of a text, and every problem met on the way; no tree where reading had to stop."""
    ledger = Ledger(file)
    try:
        return _Reader(text, ledger, events_of(text, loader)).document(), ledger.problems
    except yaml.YAMLError as error:
        ledger.problems.append(syntax_problem(error, text, file))
    except GiveUp:
        pass
    return None, ledger.problems


class _Reader:
    """Composes nodes from events."""

    def __init__(self, text: str, ledger: Ledger, events: Iterator[Event]) -> None:
        self._text = text
        self._ledger = ledger
        self._events = events
        self._anchors: dict[str, Node | None] = {}
        """None while the anchored value is still being read."""

    def document(self) -> Node | None:
        """The only document of the stream."""
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    hint = "write one document per file"
                    self._ledger.report("second-document", "a second document starts here", span_of(event), hint)
                    raise GiveUp
                root = self._node(next(self._events), 0)
        if root is None or (isinstance(root, Leaf) and root.value is None and root.span.empty):
            self._ledger.report("empty-file", "is empty", None)
            return None
        return root

    def _node(self, event: Event, depth: int) -> Node:
        """The node that starts with `event`, inside `depth` lists and mappings."""
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        assert isinstance(event, yaml.NodeEvent)
        self._ledger.grow(1, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        node = self._unnamed(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _unnamed(self, event: Event, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            value = scalar_value(event, self._text)
            if isinstance(value, Refused):
                self._ledger.refuse(value)
                return Leaf(span_of(event), "")
            return Leaf(span_of(event), value)
        self._ledger.descend(depth + 1, event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth)
        assert isinstance(event, yaml.SequenceStartEvent)
        return self._list(event, depth)

    def _alias(self, event: yaml.AliasEvent, depth: int) -> Node:
        name, span = event.anchor or "", span_of(event)
        node = self._anchors.get(name)
        if node is None:
            alias = quoted(f"*{name}")
            if name in self._anchors:
                self._ledger.report("alias", f"alias {alias} stands inside the value it repeats", span)
            else:
                hint = f"if it is text, put it in quotes: {alias}"
                message = f"alias {alias} has no anchor {quoted(f'&{name}')} before it"
                self._ledger.report("alias", message, span, hint)
            return Leaf(span, "")
        self._ledger.grow(node.size, event)
        self._ledger.descend(depth + node.height, event)
        return replace(node, span=span)

    def _list(self, start: yaml.SequenceStartEvent, depth: int) -> Sequence:
        self._check_tag(start, "seq")
        count, path = self._ledger.count, self._ledger.path
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            self._ledger.path = (*path, len(items))
            items.append(self._node(event, depth + 1))
        self._ledger.path = path
        span = enclosing(start, event, items[-1].span if items else None)
        height = 1 + max((item.height for item in items), default=0)
        return Sequence(span, tuple(items), self._ledger.count - count + 1, height)

    def _mapping(self, start: yaml.MappingStartEvent, depth: int) -> Mapping:
        self._check_tag(start, "map")
        count, path, height = self._ledger.count, self._ledger.path, 0
        entries: dict[str, tuple[Span, Node]] = {}
        merged: list[Mapping] = []
        seen: dict[str, Span] = {}
        last: Span | None = None
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            span, merging = span_of(event), is_merge_key(event)
            key = self._key(event, depth + 1)
            if key is not None:
                self._ledger.path = (*path, key)
                self._once(key, span, seen)
            value = self._node(next(self._events), depth + 1)
            if merging:
                merged += self._mergeable(value)
            elif key is not None:
                entries.setdefault(key, (span, value))
            self._ledger.path = path
            height, last = max(height, value.height), span if value.span.empty else value.span
        return Mapping(
            enclosing(start, event, last), entries, tuple(merged), self._ledger.count - count + 1, height + 1
        )

    def _key(self, event: Event, depth: int) -> str | None:
        """The key that starts with `event`; None, and a problem, when it is not text."""
        known = len(self._ledger.problems)
        node = self._node(event, depth)
        if len(self._ledger.problems) > known:
            return None
        if isinstance(node, Leaf):
            if isinstance(node.value, str):
                return node.value
            raw = shortened(written(event, self._text), 40)
            message = f"key {raw} is not text" if raw else "a key is missing before the ':'"
            self._ledger.report("key-not-text", message, node.span, self._key_hint(event, raw))
            return None
        kind = "list" if isinstance(node, Sequence) else "mapping"
        hint = "put a template's {{ … }} in quotes" if opens_template(event, self._text) else None
        self._ledger.report("key-not-text", f"a {kind} cannot be a key", node.span, hint)
        return None

    def _key_hint(self, event: Event, raw: str) -> str | None:
        """What was probably meant by a key that is no text."""
        at = event.start_mark.index if event.start_mark is not None else 0
        before = _THOUSANDS.search(self._text[max(0, at - 20) : at])
        if before and re.fullmatch(r"\d{3}(\.\d+)?", raw):
            whole = f"{before[1]},{raw}"
            return f'inside braces a comma ends a value: write {whole.replace(",", "")}, or "{whole}" in quotes'
        if (before := _WHOLE.search(self._text[max(0, at - 20) : at])) and raw.isdecimal():
            return f"inside braces a comma ends a value: write {before[1]}.{raw}"
        return f'put it in quotes: "{raw}"' if raw else None

    def _once(self, key: str, span: Span, seen: dict[str, Span]) -> None:
        first = seen.setdefault(key, span)
        if first is not span:
            lines = "" if first.line == span.line else f", in line {first.line} and in line {span.line}"
            self._ledger.report("duplicate-key", f"key {quoted(key)} is written twice{lines}", span, "keep one of them")

    def _mergeable(self, node: Node) -> list[Mapping]:
        """The mappings a merge key names."""
        parts = node.items if isinstance(node, Sequence) else (node,)
        mappings = [part for part in parts if isinstance(part, Mapping)]
        if len(mappings) < len(parts):
            self._ledger.report("merge", "'<<' takes a mapping, or a list of mappings", node.span, "write `<<: *name`")
        return mappings

    def _check_tag(self, event: yaml.CollectionStartEvent, kind: str) -> None:
        if refused := collection_tag(event, kind, self._text):
            self._ledger.refuse(refused)
