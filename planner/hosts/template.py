"""Bodies of webhooks written by users: a small, bounded part of Jinja, in its sandbox."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

LONGEST_BODY: Final = 100_000
"""Characters a rendered body may have."""
_DEEPEST: Final = 2
"""Loops within loops. With short lists to loop over, and no calls, this bounds the work."""
_FILTERS: Final = (
    "tojson", "upper", "lower", "default", "d", "length", "count", "round", "trim", "truncate", "first", "last", "int",
    "float", "string", "abs",
)  # fmt: skip
_TESTS: Final = (
    "defined",
    "undefined",
    "none",
    "string",
    "number",
    "mapping",
    "sequence",
    "boolean",
    "true",
    "false",
    "in",
)
_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.Neg, nodes.Keyword, nodes.Tuple,
)  # fmt: skip
"""What a template may be made of: no calls, macros, assignments or inclusions, so nothing that could grow or run on."""


class TemplateBodyError(ValueError):
    """A template that cannot be used, or that cannot be filled in from this event."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which `*` multiplies numbers only: `'x' * 1000000000` would fill the memory."""

    intercepted_binops = frozenset({"*"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - Jinja's contract
        """The product of two numbers."""
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            _refuse(f"{operator} takes two numbers")
        return super().call_binop(context, operator, left, right)


def compile_template(source: str) -> Template:
    """The template; raises TemplateBodyError with the reason if it cannot be used."""
    return _compiled(source, as_json=False)


def fill(source: str, values: Mapping[str, Any], *, as_json: bool) -> str:
    """The body for these values; raises TemplateBodyError.

    With `as_json` every value is written as it stands inside JSON text, so that no name of a scenario can end the
    string that it stands in; `{{ value | tojson }}` writes a whole JSON value. The result must be JSON then.
    """
    parts, size = [], 0
    try:
        for part in _compiled(source, as_json=as_json).generate(dict(values)):
            size += len(part)
            if size > LONGEST_BODY:
                _refuse(f"the body is longer than {LONGEST_BODY:,} characters")
            parts.append(part)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        message = f"the template cannot be filled in: {error}"
        raise TemplateBodyError(message) from error
    body = "".join(parts)
    if as_json:
        try:
            json.loads(body, parse_constant=_refuse)
        except ValueError as error:
            message = f"the template made no JSON: {error}"
            raise TemplateBodyError(message) from error
    return body


@lru_cache(maxsize=64)
def _compiled(source: str, *, as_json: bool) -> Template:
    box = _Sandbox(undefined=StrictUndefined, autoescape=False, finalize=_inside_json if as_json else _plain)
    box.globals.clear()
    box.filters = {name: box.filters[name] for name in _FILTERS}
    box.tests = {name: box.tests[name] for name in _TESTS}
    try:
        tree = box.parse(source)
        _check(tree)
        return box.from_string(source)
    except TemplateSyntaxError as error:
        message = f"line {error.lineno} of the template: {error.message}"
        raise TemplateBodyError(message) from error
    except (TemplateError, RecursionError) as error:
        message = f"the template cannot be read: {error}"
        raise TemplateBodyError(message) from error


def _check(node: nodes.Node, loops: int = 0) -> None:
    if not isinstance(node, _NODES):
        _refuse(f"line {node.lineno} of the template: {_spoken(node)} may not be used here")
    name = _reached(node)
    if name.startswith("_"):
        _refuse(f"line {node.lineno} of the template: {name!r} may not be used here")
    if isinstance(node, nodes.For):
        loops += 1
        if node.recursive or loops > _DEEPEST:
            _refuse(
                f"line {node.lineno} of the template: loops may not be recursive, nor nested deeper than {_DEEPEST}"
            )
    for child in node.iter_child_nodes():
        _check(child, loops)


def _reached(node: nodes.Node) -> str:
    """The name by which a node reaches into a value; empty where it does not, or by a value known only later.

    The sandbox refuses such a name when it is reached, in a message that nobody may ever see.
    """
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    return ""


def _spoken(node: nodes.Node) -> str:
    return {"Call": "a call", "Assign": "set", "Mod": "%", "Pow": "**"}.get(
        type(node).__name__, type(node).__name__.lower()
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of an expression
    return "unknown" if value is None else value


def _inside_json(value: Any) -> Any:  # noqa: ANN401 - any value of an expression
    if isinstance(value, Markup | Undefined):  # a whole JSON value from tojson; a name that Jinja will complain about
        return value
    if isinstance(value, str):
        return json.dumps(value)[1:-1]
    return json.dumps(value, allow_nan=False, default=_refuse_value)


def _refuse_value(value: object) -> NoReturn:
    message = f"{type(value).__name__} is no JSON"
    raise TypeError(message)


def _refuse(message: str) -> NoReturn:
    raise TemplateBodyError(message)
