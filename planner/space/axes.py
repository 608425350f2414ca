"""Axes: the single values a scenario sweeps, read and checked against the type of the value they replace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from planner.scenario.blocks import AxisInterval, AxisRange, Dataset, MethodOptions, Train
from planner.scenario.fine_tune import FineTune
from planner.space.intervals import Interval, grid_size

Complain = Callable[[tuple[str | int, ...], str, str | None], None]
"""Report a problem at a path: path, message, hint."""

MAX_RANGE_VALUES = 10_000
"""Values of a range that are listed; a longer one is searched as a continuous axis with that step."""
MAX_STEPS = 1_000_000_000
"""Steps of a range at most."""
_FILES = frozenset({"lengths", "file", "format", "tokenizer"})
"""What says where the data is; nothing to sweep."""
_BLOCKS: Mapping[str, type[BaseModel]] = {"dataset": Dataset, "train": Train, "method": MethodOptions}


@dataclass(frozen=True, slots=True)
class Axis:
    """One swept value: its dotted path and the values it takes, in the scenario's order."""

    path: str
    values: tuple[Any, ...]
    """All of them; of a continuous axis, those of the coarse pass."""
    interval: Interval | None = None
    """Ends and step of a continuous axis."""


@cache
def settings() -> dict[str, TypeAdapter[Any]]:
    """Dotted path of every single value that can be swept → the reader of its type."""
    found = {}
    for block, type_ in _BLOCKS.items():
        for name, field in type_.model_fields.items():
            if block == "dataset" and name in _FILES:
                continue
            annotation = field.annotation
            if get_origin(annotation) is not Literal and annotation is not bool:
                parts = [part for part in get_args(annotation) if part is not type(None)] or [annotation]
                if any(isinstance(part, type) and issubclass(part, BaseModel) for part in parts):
                    continue
            marked: Any = Annotated[(annotation, *field.metadata)] if field.metadata else annotation
            found[f"{block}.{name}"] = TypeAdapter(marked)
    return found


@cache
def choices(path: str) -> tuple[str, ...] | None:
    """The allowed words of a setting that is a choice, else None."""
    block, name = path.split(".")
    annotation = _BLOCKS[block].model_fields[name].annotation
    for part in (annotation, *get_args(annotation)):
        if get_origin(part) is Literal:
            return get_args(part)
    return None


def read_axes(scenario: FineTune, complain: Complain) -> tuple[Axis, ...]:
    """The scenario's axes with typed values; problems go to `complain`."""
    axes = []
    count = grid_size(sum(_continuous(written) for written in scenario.axes.values()))
    for path, written in scenario.axes.items():
        reader = settings().get(path)
        if reader is None:
            known = ", ".join(sorted(settings()))
            complain(
                ("axes", path),
                f"{path!r} is no single value that can be swept",
                _guess(path) or f"allowed: {known}",
            )
            continue
        if isinstance(written, AxisInterval):
            interval = _interval(written, reader, path, complain)
            if interval is not None:
                values = tuple(reader.validate_python(value) for value in interval.grid(count))
                axes.append(Axis(path, values, interval))
            continue
        if isinstance(written, AxisRange) and MAX_RANGE_VALUES <= _steps(written) < MAX_STEPS:
            interval = _long_range(written, reader, path, complain)
            if interval is not None:
                axes.append(Axis(path, tuple(reader.validate_python(v) for v in interval.grid(count)), interval))
            continue
        if isinstance(written, AxisRange) and written.to < written.from_:
            message = f"the range ends ({written.to:g}) before it starts ({written.from_:g})"
            complain(("axes", path, "to"), message, f"from: {written.to:g}, to: {written.from_:g}")
            continue
        raw = _range_values(written, path, complain) if isinstance(written, AxisRange) else written
        values = _typed(raw, reader, path, isinstance(written, AxisRange), complain)
        if len(set(map(repr, values))) < len(values):
            complain(("axes", path), f"axis {path!r} names a value twice", "list every value once")
        if values:
            axes.append(Axis(path, values))
    return tuple(axes)


@cache
def is_whole(path: str) -> bool | None:
    """Whether a setting is a whole number; None where it is no number."""
    block, name = path.split(".")
    annotation = _BLOCKS[block].model_fields[name].annotation
    parts = {
        get_args(part)[0] if get_origin(part) is Annotated else part for part in (annotation, *get_args(annotation))
    }
    return None if choices(path) or not parts & {int, float} else float not in parts


def _interval(written: AxisInterval, reader: TypeAdapter[Any], path: str, complain: Complain) -> Interval | None:
    """The interval as written, its ends held against the type of the setting."""
    place = ("axes", path, "between")
    whole, (low, high), step = is_whole(path), written.between, written.step
    if whole is None:
        complain(("axes", path), f"{path} is no number, so nothing lies between two of its values", "list its values")
        return None
    ends = _typed([int(v) if v == int(v) else v for v in (low, high)], reader, path, True, complain, place)
    if high < low:
        complain(place, f"the interval ends ({high:g}) before it starts ({low:g})", f"between: [{high:g}, {low:g}]")
        return None
    if whole and step is not None and step != int(step):
        complain(
            ("axes", path, "step"), f"{path} is a whole number, a step of {step:g} leaves them", "use a whole step"
        )
        return None
    if step is not None and step > high - low > 0:
        complain(
            ("axes", path, "step"),
            f"the step ({step:g}) is longer than the interval ({high - low:g})",
            "use a smaller step",
        )
        return None
    if step is not None and (high - low) / step > MAX_STEPS:
        complain(
            ("axes", path, "step"),
            f"the interval has more than {MAX_STEPS:,} steps of {step:g}",
            "use a larger step, or leave it out",
        )
        return None
    return Interval(low, high, 1.0 if whole and step is None else step) if len(ends) == 2 else None


def is_number(path: str) -> bool:
    """Whether a setting is a number, so that its values have an order."""
    return is_whole(path) is not None


def _continuous(written: object) -> bool:
    """Whether an axis is searched between its values."""
    return isinstance(written, AxisInterval) or (
        isinstance(written, AxisRange) and MAX_RANGE_VALUES <= _steps(written) < MAX_STEPS
    )


def _steps(written: AxisRange) -> float:
    return (written.to - written.from_) / written.step


def _long_range(written: AxisRange, reader: TypeAdapter[Any], path: str, complain: Complain) -> Interval | None:
    """A range too long to list, as an interval with its step; both ends and the step held against the type."""
    ends = [written.from_, written.to, *([written.from_ + written.step] if is_whole(path) else [])]
    whole = [int(value) if value == int(value) else value for value in ends]
    read = _typed(whole, reader, path, True, complain)
    return Interval(written.from_, written.to, written.step) if len(read) == len(ends) else None


def _range_values(written: AxisRange, path: str, complain: Complain) -> list[float]:
    steps = _steps(written)
    if not steps < MAX_RANGE_VALUES:
        complain(
            ("axes", path),
            f"the range has {steps + 1:,.0f} values; at most {MAX_STEPS:,} are planned",
            "use a larger step",
        )
        return []
    count = int(steps + 1e-9) + 1
    values = [round(written.from_ + i * written.step, 12) for i in range(count)]
    return [int(value) if value == int(value) else value for value in values]


def _typed(
    raw: list[Any],
    reader: TypeAdapter[Any],
    path: str,
    ranged: bool,
    complain: Complain,
    where: tuple[str | int, ...] = (),
) -> tuple[Any, ...]:
    values = []
    for i, value in enumerate(raw):
        try:
            read = reader.validate_python(value, strict=isinstance(value, bool))
        except ValidationError as error:
            at = where or ("axes", path)
            place: tuple[str | int, ...] = at if ranged and not where else (*at, i)
            complain(place, f"{value!r} cannot be {path}", _expected(path, error))
            continue
        if read is None:
            complain(("axes", path, i), f"{path} cannot be left empty on an axis", None)
            continue
        values.append(read)
    return tuple(values)


def _expected(path: str, error: ValidationError) -> str:
    words = choices(path)
    if words is not None:
        return f"allowed: {', '.join(words)}"
    reason = error.errors()[0]["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"expected {reason.split(', ')[0]}"


def _guess(path: str) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(path, settings(), n=1, cutoff=0.6)
    tail = [known for known in settings() if known.split(".")[1] == path.rsplit(".", maxsplit=1)[-1]]
    found = (tail or near)[:1]
    return f"did you mean {found[0]!r}?" if found else None
