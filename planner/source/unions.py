"""Complaints about values that may have several forms: only the form the user aimed at is talked about."""

from collections.abc import Callable, Iterator, Sequence

from planner.source.fault import Fault
from planner.source.problems import Problem
from planner.source.shapes import Schema, type_of
from planner.source.value_complaints import list_hint, mistyped
from planner.source.words import QUANTITIES, closest, either, found, type_words

Complain = Callable[[Fault], Iterator[Problem]]


def union(fault: Fault, complain: Complain) -> Iterator[Problem]:
    """The complaints of the form whose type the value has; if there is none, what the forms are."""
    forms = [fault.shapes.resolved(form) for form in fault.asked]
    aimed = [number for number, form in enumerate(forms) if type_of(fault.value) in fault.shapes.types(form)]
    if not aimed:
        open_forms = [form for form in forms if not _fixed(form)]
        yield mistyped(fault, _names(fault, forms), fault.shapes.types({"anyOf": open_forms}))
        return
    tried = [fault.branches[number] for number in aimed if number < len(fault.branches) and fault.branches[number]]
    if not tried:
        yield fault.problem("invalid", "fits more than one of the forms it may have")
        return
    best = min(tried, key=_badness)
    if _only_a_name(fault, best) and any("array" in fault.shapes.types(form) for form in forms):
        yield _one_for_a_list(fault, forms, best)
        return
    for inner in best:
        yield from complain(inner)


def _badness(faults: Sequence[Fault]) -> tuple[int, int]:
    """Forms refused deep inside were aimed at more probably than those refused at once."""
    return -max(len(fault.path) for fault in faults), len(faults)


def _only_a_name(fault: Fault, faults: Sequence[Fault]) -> bool:
    """Whether a form is refused because it is one of a few fixed names and the value is another text."""
    return isinstance(fault.value, str) and all(
        inner.keyword in ("const", "enum") and inner.path == fault.path for inner in faults
    )


def _one_for_a_list(fault: Fault, forms: Sequence[Schema], faults: Sequence[Fault]) -> Problem:
    """A single name where the fixed name or a list belongs."""
    fixed = [name for inner in faults for name in _fixed(inner.schema)]
    guess = closest(fault.value, fixed)
    hint = f"did you mean {guess!r}?" if guess else list_hint(fault)
    return fault.problem("wrong-type", f"expected {_names(fault, forms)}, found {found(fault.value)}", hint)


def _names(fault: Fault, forms: Sequence[Schema]) -> str:
    """The forms in words: `'any' or a list`."""
    words: list[str] = []
    types: set[str] = set()
    for form in forms:
        if form.get("x-quantity") in QUANTITIES:
            words.append(QUANTITIES[form["x-quantity"]])
        elif 0 < len(_fixed(form)) <= 3:
            words += [repr(name) for name in _fixed(form)]
        else:
            types |= fault.shapes.types(form)
    return either([*words, *type_words(types)])


def _fixed(form: Schema) -> list[str]:
    """The names a form consists of."""
    names = form.get("enum", [form["const"]] if "const" in form else [])
    return [name for name in names if isinstance(name, str)]
