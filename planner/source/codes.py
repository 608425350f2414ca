"""The kinds of problem that reading and checking a file can find."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CODES: Final[Mapping[str, str]] = MappingProxyType({
    "no-file": "there is no such file",
    "unreadable": "the file is a folder or cannot be opened",
    "too-large": "the file is larger than 1 MiB",
    "binary": "the file is not text",
    "not-utf8": "the file is not UTF-8",
    "control-character": "a character that no one can see and terminals obey",
    "empty-file": "the file says nothing",
    "syntax": "the file is not YAML",
    "tab": "a tab where YAML wants spaces",
    "merge-conflict": "an unresolved merge conflict",
    "second-document": "a second document after `---`",
    "duplicate-key": "one key twice in a mapping",
    "key-not-text": "a key that is a number, a list or another mapping",
    "tag": "a YAML tag such as `!!python/object`",
    "alias": "an alias without its anchor, or inside it",
    "merge": "a merge key `<<` of something that is not a mapping",
    "not-finite": "a number that is not finite",
    "too-many-values": "more than 200,000 values, aliases unfolded",
    "too-deep": "lists and mappings inside each other, more than 64 deep",
    "unknown-key": "a key that means nothing here",
    "missing-key": "a key that has to be there",
    "wrong-type": "a value of the wrong form",
    "not-allowed": "a value that is not one of those allowed",
    "out-of-range": "a number beyond its bounds",
    "wrong-size": "too few or too many items, keys or characters",
    "duplicate-item": "one item twice in a list of different items",
    "bad-form": "text that does not have the form asked for",
    "bad-quantity": "text that is no amount of money, time, memory …",
    "invalid": "anything else a schema asks for",
})  # fmt: skip
"""Code of a `Problem` → what it means."""
