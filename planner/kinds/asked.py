"""A configuration that somebody asks about: which combinations of a scenario it means, or what keeps it out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import yaml

from planner.catalog.rows import Catalog, Ints
from planner.errors import InputError
from planner.kinds.advise.machines import closed_lists
from planner.kinds.impossible import impossible
from planner.kinds.naming import offer_identity, recipe_identity
from planner.kinds.problem import Problem
from planner.scenario.blocks import AxisInterval, AxisRange
from planner.scenario.fine_tune import FineTune
from planner.scenario.tiers import COMMITTED, TIERS
from planner.space.axes import Axis
from planner.space.identity import canonical, configuration_id
from planner.space.matching import matching_offers, matching_recipes
from planner.space.offers import RULES, SWITCHES, open_market
from planner.space.patterns import KEYS, Pattern, read_rules
from planner.space.recipes import decode, encode

MOST_COMBINATIONS: Final = 2_000_000
"""Combinations that are looked at for one question, or searched for an id."""
MOST_RECIPES: Final = 5_000_000
LONGEST: Final = 2_000
"""Characters of a question."""
_SCAN: Final = 50_000


@dataclass(frozen=True, slots=True)
class Meant:
    """Combinations of the search's space: every recipe on every offer, less what rules cut."""

    recipes: Ints
    offers: Ints


@dataclass(frozen=True, slots=True)
class Outside:
    """Nothing of the space is meant, and why."""

    why: str
    lets_in: tuple[str, ...]


def read_question(text: str, catalog: Catalog, problem: Problem) -> Pattern:
    """`model=qwen3-8b,gpu=l40s,train.epochs=2` as a rule; raises InputError that says what is near."""
    if len(text) > LONGEST:
        message = f"--why-not: {len(text):,} characters; a question has at most {LONGEST:,}"
        raise InputError(message)
    rule: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value or not key:
            message = (
                f"--why-not {part!r}: write key=value, for example model=qwen3-8b; keys: {', '.join(KEYS)} or a setting"
            )
            raise InputError(message)
        if key in rule:
            message = f"--why-not: {key} is asked for twice"
            raise InputError(message)
        rule[key] = _scalar(key, value)
    if not rule:
        message = "--why-not asks about nothing; write for example model=qwen3-8b,gpu=l40s,tier=spot"
        raise InputError(message)
    problems: list[str] = []

    def complain(path: tuple[str | int, ...], message: str, hint: str | None) -> None:
        problems.append(f"--why-not {path[-1]}: {message}" + (f"; {hint}" if hint else ""))

    # A value between those of a continuous axis can be asked about, though no rule can cut it.
    (pattern,) = read_rules([rule], "why_not", catalog, (), complain, "question")
    if problems:
        raise InputError("\n".join(problems))
    return pattern


def refuse_name(asked: str, decisions: Sequence[str]) -> None:
    """Refuse one word that is neither an id's beginning nor a decision; raises InputError, but for an empty one."""
    if asked.strip():
        named = f"no decision of the plan is called so (there are: {', '.join(decisions) or 'none'})"
        message = (
            f"--why-not {asked[:40]!r}: no id begins with it (4 to 12 of 0-9 and a-f do), and {named}; "
            "or write key=value, for example model=qwen3-8b,gpu=l40s"
        )
        raise InputError(message)


def at_values(problem: Problem, pattern: Pattern) -> Problem:
    """The problem with every continuous axis that is asked about at the value asked for, where the axis reaches it."""
    recipes = problem.space.recipes
    axes = tuple(_at_value(axis, pattern.settings.get(axis.path, frozenset())) for axis in recipes.axes)
    if axes == recipes.axes:
        return problem
    return replace(problem, space=replace(problem.space, recipes=replace(recipes, axes=axes)))


def _at_value(axis: Axis, numbers: frozenset[float]) -> Axis:
    if axis.interval is None or len(numbers) != 1:
        return axis
    (number,) = numbers
    reached = axis.interval.low <= number <= axis.interval.last
    if axis.interval.step is not None:
        reached = reached and bool(np.isclose(axis.interval.snap(np.array([number]))[0], number, rtol=1e-9, atol=0.0))
    return replace(axis, values=(decode(axis.path, number),), interval=None) if reached else axis


def _scalar(key: str, value: str) -> bool | int | float | str:
    """A value as YAML reads it; names that YAML would take for something else stay names."""
    if key in KEYS and key != "count":
        return value.replace("-", "_") if key == "tier" else value
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        read = value
    return read if isinstance(read, bool | int | float) else value


def meant_by(pattern: Pattern, problem: Problem, scenario: FineTune, catalog: Catalog) -> Meant | Outside:
    """The combinations that a question means, or what keeps them all out and the line that lets them in."""
    outside = _outside_recipe(pattern, problem, scenario, catalog)
    if outside is not None:
        return outside
    o = problem.space.market.offers
    offers = np.flatnonzero(matching_offers(pattern, o))
    if not len(offers):
        return _outside_market(pattern, problem, scenario, catalog)
    recipes = _recipes_meant(pattern, problem)
    if not len(recipes):
        return Outside("no recipe of the scenario is all of that at once", ())
    if len(recipes) * len(offers) > MOST_COMBINATIONS:
        message = (
            f"--why-not: {len(recipes) * len(offers):,} combinations are meant; "
            f"at most {MOST_COMBINATIONS:,} are looked at: say more of it"
        )
        raise InputError(message)
    return Meant(recipes, offers)


def _recipes_meant(pattern: Pattern, problem: Problem) -> Ints:
    """Linear indices of the recipes that a question means."""
    space = problem.space.recipes
    if len(space) > MOST_RECIPES:
        message = f"--why-not: the scenario has {len(space):,} recipes; at most {MOST_RECIPES:,} are looked through"
        raise InputError(message)
    found = []
    for start in range(0, len(space), _SCAN):
        rows = np.arange(start, min(start + _SCAN, len(space)))
        found.append(rows[matching_recipes(pattern, space.take(rows), space.methods)])
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _outside_recipe(pattern: Pattern, problem: Problem, scenario: FineTune, catalog: Catalog) -> Outside | None:
    """The list of the scenario that has nothing of what is asked for, if one does."""
    space = problem.space.recipes
    ids: Mapping[str, tuple[Ints, list[str], str]] = {
        "model": (space.models, [m.id for m in catalog.models], "models"),
        "method": (np.array([c.index for c in space.methods]), [m.id for m in catalog.methods], "methods"),
        "stack": (space.stacks, [s.id for s in catalog.stacks], "stacks"),
    }
    for key, (listed, names, where) in ids.items():
        if key in pattern.codes and not pattern.accepts(key, listed).any():
            wanted = [names[int(i)] for i in sorted(pattern.codes[key], key=int)]
            have = ", ".join(names[int(i)] for i in listed[:6]) + (" …" if len(listed) > 6 else "")
            why = f"{where} has no {', '.join(wanted[:3])}; it has {have}"
            removed = problem.space.removed_models
            if key == "model" and removed:
                why += f" (left out before the search: {'; '.join(f'{n} {what}' for what, n in removed.items())})"
            return Outside(why, (f"{where}: add {wanted[0]}",))
    for path, numbers in pattern.settings.items():
        values = _values(problem, path)
        if not set(values) & numbers:
            told = _taken(problem, path, values)
            word = _written(decode(path, min(numbers)))
            line = f"--set {path}={word}"
            if isinstance(scenario.axes.get(path), AxisInterval | AxisRange):
                line = f"axes.{path}: make its ends reach {word}"
            elif path in scenario.axes:
                line = f"--set axes.{path}=[{word}]"
            elif path.startswith("method."):
                line = f"methods: give one of them {path.removeprefix('method.')}: {word}"
            return Outside(f"{path} is {told} in the scenario", (line,))
    return None


def _taken(problem: Problem, path: str, values: list[float]) -> str:
    """What a setting takes in the scenario: `8, 16`, or `outside between 0.1 and 1` of a continuous axis."""
    axis = next((axis for axis in problem.space.recipes.axes if axis.path == path), None)
    if axis is None or axis.interval is None:
        return ", ".join(str(decode(path, v)) for v in values[:8])
    step = "" if axis.interval.step is None else f" in steps of {axis.interval.step:g}"
    return f"between {axis.interval.low:g} and {axis.interval.high:g}{step}"


def _values(problem: Problem, path: str) -> list[float]:
    """The values that a setting takes in the scenario, as numbers."""
    space = problem.space.recipes
    axis = next((axis for axis in space.axes if axis.path == path), None)
    if axis is not None:
        return [encode(path, value) for value in axis.values]
    block, name = path.split(".")
    if block == "method":
        return sorted({encode(path, choice.options[name]) for choice in space.methods if name in choice.options})
    return [space.defaults[path]]


def _written(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else "null" if value is None else str(value)


def _outside_market(pattern: Pattern, problem: Problem, scenario: FineTune, catalog: Catalog) -> Outside:
    """Which list, filter or rule keeps the machines out that are asked for."""
    hardware, stale = scenario.hardware, problem.space.market.stale_months
    asked = matching_offers(pattern, catalog.offers)
    if not asked.any():
        unnamed = [tier for tier in COMMITTED if tier in pattern.codes.get("tier", ()) and tier not in hardware.tiers]
        if unnamed:  # committed prices that no list has are derived for the tiers that are named
            used = () if hardware.commitment else ("hardware: add commitment: {utilisation: …}",)
            return Outside(f"hardware.tiers has no {unnamed[0]}", (f"hardware.tiers: add {unnamed[0]}", *used))
        return Outside(impossible(pattern, catalog), ())
    closed = closed_lists(hardware, catalog, catalog.offers)
    outside = np.stack([np.zeros(len(asked), bool), *closed.values()])
    nearest = int(outside[:, asked].sum(axis=0).min())
    near = asked & (outside.sum(axis=0) == nearest)
    at = int(np.flatnonzero(near)[0])
    lists = [name for name, column in closed.items() if column[at]]
    words = {name: _name_of(catalog, at, name) for name in lists}
    lines = tuple(f"{name}: add {word}" for name, word in words.items())
    wide = {"gpus": "any", "counts": "any", "providers": "any", "regions": "any", "tiers": list(TIERS)}
    opened = hardware.model_copy(
        update={name.removeprefix("hardware."): wide[name.removeprefix("hardware.")] for name in lists}
    )
    if matching_offers(pattern, open_market(opened, catalog, stale).offers).any():
        if not lists:
            return Outside("include and exclude rules cut every such machine", ("include: []", "exclude: []"))
        why = "; ".join(f"{name} has no {word}" for name, word in words.items())
        return Outside(why, lines)
    for name, what in SWITCHES.items():
        allowed = opened.model_copy(update={"allow": [*opened.allow, name]})
        if matching_offers(pattern, open_market(allowed, catalog, stale).offers).any():
            said = [*(f"{key} has no {word}" for key, word in words.items()), f"held back by a default filter: {what}"]
            return Outside("; ".join(said), (*lines, f"hardware.allow: add {name}"))
    rules = "; ".join(what for name, what in RULES.items() if getattr(hardware, name) is not None)
    why = "held back by several filters or by a rule of the scenario"
    return Outside(f"{why}: {rules}" if rules else why, lines)


def _name_of(catalog: Catalog, offer: int, name: str) -> str:
    o = catalog.offers
    names = {
        "hardware.gpus": catalog.gpus[o.gpu[offer]].id,
        "hardware.counts": str(o.gpu_count[offer]),
        "hardware.providers": o.providers[o.provider[offer]],
        "hardware.regions": str(o.region[offer]),
        "hardware.tiers": o.tier[offer],
    }
    return str(names[name])


def find_id(problem: Problem, beginning: str) -> Meant | None:
    """The one combination of the grid whose id begins so; None where none does, InputError where several do."""
    if problem.space.walked > MOST_COMBINATIONS:
        message = (
            f"--why-not {beginning}: no configuration of the plan, and {problem.space.walked:,} combinations are too "
            "many to look for an id; say it in words, for example model=qwen3-8b,gpu=l40s"
        )
        raise InputError(message)
    offers = [canonical(offer_identity(problem, o)) for o in range(problem.offers)]
    found = [hit for hit in _ids(problem, offers) if hit[0].startswith(beginning)]
    several = len({id_ for id_, _, _ in found})
    if several > 1:
        message = f"--why-not {beginning}: {several} ids begin so; give more of it"
        raise InputError(message)
    return Meant(np.array([found[0][1]]), np.array([found[0][2]])) if found else None


def _ids(problem: Problem, offers: list[str]) -> Iterator[tuple[str, int, int]]:
    for start in range(0, len(problem.space.recipes), _SCAN):
        rows = np.arange(start, min(start + _SCAN, len(problem.space.recipes)))
        recipes = problem.space.recipes.take(rows)
        for r, row in enumerate(rows.tolist()):
            recipe = canonical(recipe_identity(problem, recipes, r))
            yield from ((configuration_id(recipe, offer), row, o) for o, offer in enumerate(offers))
