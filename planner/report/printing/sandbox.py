"""Jinja's sandbox with bounds on what one expression, macro or loop of a template may cost."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Final

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from planner.report.printing.growth import (
    MOST_ITEMS,
    MOST_TEXT,
    call_size,
    counted,
    has_wide_field,
    operator_size,
    refuse,
)

MOST_STEPS: Final = 5_000_000
"""Numbers that all calls of range() in one environment give together."""
_GROWING: Final = ("batch", "center", "format", "indent", "replace", "round", "slice", "tojson", "wordwrap")
"""Filters that make much of little."""


class _Generator(CodeGenerator):
    """Code in which `~` asks the environment how long its text may be."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - the name that Jinja looks for
        self.write("environment.short_enough(")
        super().visit_Concat(node, frame)
        self.write(")")


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which nothing makes anything large, and whose ranges end: one for each page, since it counts."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})
    code_generator_class = _Generator

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - what Jinja takes
        super().__init__(**options)
        self._steps = 0
        self.globals["range"] = self._range
        self.globals.pop("lipsum")
        self.filters |= {name: _bounded(name, self.filters[name]) for name in _GROWING}
        self.filters["join"] = self._join(self.filters["join"])

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """What a macro or a block gives, its parts as one text; raises SecurityError where that would be too long."""
        kept, total = [], 0
        for part in parts:
            kept.append(part)
            total += len(part)
            if total > MOST_TEXT:
                refuse("a macro or a block")
        return "".join(kept)

    @staticmethod
    def short_enough(text: str) -> str:
        """What `~` makes; raises SecurityError where it is too long."""
        if len(text) > MOST_ITEMS:
            refuse("~")
        return text

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
        """The value of `left operator right`; raises SecurityError where it would be too large."""
        if operator_size(operator, left, right) > MOST_ITEMS:
            refuse(operator)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, called: Any, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        """What a call gives; raises SecurityError where a method of text or of a number would make too much."""
        own, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
        if isinstance(own, str | bytes | int):
            if name == "join" and args:
                args = (list(counted(args[0], own)), *args[1:])
            elif call_size(name, own, args, named) > MOST_ITEMS:
                refuse(name)
        return super().call(context, called, *args, **named)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401 - any attribute
        """str.format in the sandbox; raises SecurityError where a field of it is too wide."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None and has_wide_field(value.__self__):
            refuse("format")
        return wrapped

    def _join(self, plain: Callable[..., str]) -> Callable[..., str]:
        """The filter, which joins no more than is bearable."""

        @functools.wraps(plain)
        def join(eval_ctx: Any, value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:  # noqa: ANN401
            items = value if attribute is None else map(make_attrgetter(self, attribute), value)
            return plain(eval_ctx, counted(items, d), d)

        return join

    def _range(self, *ends: int) -> range:
        numbers = range(*ends)
        self._steps += len(numbers)
        if self._steps > MOST_STEPS:
            message = f"the template runs through more than {MOST_STEPS:,} numbers of range()"
            raise SecurityError(message)
        return numbers


def _bounded(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that refuses to make too much; those that Jinja gives its context first keep it."""
    lead = 1 if hasattr(plain, "jinja_pass_arg") else 0

    @functools.wraps(plain)
    def bounded(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - what the filter takes
        if call_size(name, args[lead], args[lead + 1 :], named) > MOST_ITEMS:
            refuse(name)
        return plain(*args, **named)

    return bounded
