"""Reading what users write: YAML text → plain data that knows its places, checked against a schema.

Whatever is wrong becomes a `Problem`: its place, plain words, a hint.
"""

from planner.source.check import schema_problems
from planner.source.codes import CODES
from planner.source.decode import MAX_BYTES
from planner.source.document import Document, parse_document, read_document
from planner.source.nodes import MAX_DEPTH, MAX_NODES
from planner.source.places import Path, Span, dotted
from planner.source.problems import InvalidInput, Problem, as_github, as_json, in_order, one_line, render, render_all

__all__ = [
    "CODES",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Document",
    "InvalidInput",
    "Path",
    "Problem",
    "Span",
    "as_github",
    "as_json",
    "dotted",
    "in_order",
    "one_line",
    "parse_document",
    "read_document",
    "render",
    "render_all",
    "schema_problems",
]
