"""Rows → runs: names looked up, quantities in the planner's units, and everything that cannot be true told at once."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from planner.calibrate.impossible import impossible
from planner.calibrate.observed import memory_of
from planner.calibrate.run import Run
from planner.calibrate.run_columns import ARCHITECTURE, QUANTITIES, SYNONYMS
from planner.calibrate.run_rows import Row
from planner.catalog.names import hint_of, resolve_gpus, resolve_model, resolve_provider, suggest
from planner.catalog.rows import Catalog
from planner.estimate.memory_metrics import METRICS
from planner.estimate.quality import normalised
from planner.measured.condition import Condition, condition_of
from planner.measured.table import Unusable, number, plain
from planner.measured.words import METHODS
from planner.source import Problem
from planner.units import parse_quantity

SPEED: Final = ("tokens_per_s_per_gpu", "step_s", "train_hours", "tokens_total")
PRICE: Final = ("listed_usd_per_hour", "paid_usd_per_hour", "cost_usd", "billed_hours")
PREEMPTION: Final = ("running_hours", "preemptions")
QUALITY: Final = ("q", "score", "predicted_q", "configuration")
SAME_UNIT: Final = 10.0
"""Paid over listed price, or the inverse, from which the two are not in one unit."""
_DATE: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:[T ].*)?")
_LIST_METHODS: Final = "full, lora or qlora"
_ABSENT: Final = "is not in the catalog"
Looked = tuple[str | None, str, str]
"""The catalog's own name; or None, a hint, and what is wrong with the name."""


def understand(
    rows: Sequence[Row], catalog: Catalog, planned: Mapping[str, float] | None = None
) -> tuple[list[Run], list[Problem]]:
    """The runs that can be used, in order, and what is wrong with the others.

    `planned` is the predicted q of the configurations of a plan, by id.
    """
    runs: list[Run] = []
    problems: list[Problem] = []
    for row in rows:
        one = _OneRow(row, catalog, planned)
        run = one.run()
        if one.problems or run is None:
            problems += one.problems
        else:
            runs.append(run)
    refused = impossible(runs, catalog)
    wrong = {id(run.row) for run, _ in refused}
    return [run for run in runs if id(run.row) not in wrong], [*problems, *(problem for _, problem in refused)]


class _OneRow:
    """One row, with all that is wrong with it."""

    def __init__(self, row: Row, catalog: Catalog, planned: Mapping[str, float] | None) -> None:
        self.row, self.catalog, self.planned = row, catalog, planned
        self.cells = {SYNONYMS.get(name, name): cell for name, cell in row.cells.items()}
        self.problems: list[Problem] = []

    def run(self) -> Run | None:
        told = self.cells.keys()
        measured = told & {*SPEED, "peak_mem_gib"}
        if not told & {*SPEED, "peak_mem_gib", *PRICE, *PREEMPTION, *QUALITY}:
            hint = "give one of tokens_per_s_per_gpu, peak_mem_gib, preemptions, paid_usd_per_hour, q …"
            self.complain("no outcome: nothing came out of this run that could be compared", hint=hint)
            return None
        run = Run(self.row, date=self._date())
        if measured:
            run = self._measured(run)
        if told & {*PRICE, *PREEMPTION}:
            run = self._rented(run)
        if told & set(QUALITY):
            run = self._evaluated(run)
        return run

    def complain(self, message: str, column: str = "", hint: str | None = None) -> None:
        self.problems.append(self.row.problem(message, column, hint))

    def number(self, column: str, *, least: float = 0.0, above: bool = True) -> float:
        """A cell in the unit of its column's name; NaN where it is blank or wrong, which is then noted."""
        cell = self.cells.get(column, "")
        if not cell:
            return math.nan
        try:
            value = _quantity(cell, column)
        except ValueError as error:
            self.complain(f"{column}: {error}", column)
            return math.nan
        if value < least or (above and value == least):
            self.complain(f"{column} {cell!r} is not {'above' if above else 'at least'} {least:g}", column)
            return math.nan
        return value

    def needs(self, *columns: str, beside: str) -> bool:
        """Whether the row has these columns; one that it lacks is noted."""
        missing = [column for column in columns if column not in self.cells]
        if missing:
            self.complain(f"{' and '.join(missing)} must stand beside {beside}", beside)
        return not missing

    def _date(self) -> str:
        cell = self.cells.get("date", "")
        if cell and not _DATE.fullmatch(cell):
            self.complain(f"date {cell!r} is no day", "date", "write it as 2026-03-31")
            return ""
        return cell[:10]

    def _measured(self, run: Run) -> Run:
        condition = self._condition()
        speed = self._speed(condition)
        memory = self.number("peak_mem_gib")
        metric = self.cells.get("metric")
        if metric is not None and metric not in METRICS:
            self.complain(f"metric {metric!r} is not one of {', '.join(METRICS)}", "metric")
        if condition is None:
            return run
        card = self.catalog.gpus[condition.gpu]
        if not math.isnan(memory):
            try:
                seen = memory_of({"peak_mem_gb_per_gpu": repr(memory), "unit": "GiB"}, card)
                memory = seen.memory_gib
            except Unusable as error:
                self.complain(f"peak_mem_gib: {error}", "peak_mem_gib", "is it the sum over several cards?")
        return replace(run, condition=condition, tokens_per_s_per_gpu=speed, memory_gib=memory)

    def _condition(self) -> Condition | None:
        """The conditions; every name that the catalog lacks is noted before the formulas look for what else is."""
        cells = dict(self.cells)
        fine = [self._name("model", self._model, cells), self._name("gpu_id", self._gpu, cells)]
        fine.append(self._name("stack", self._stack, cells))
        method = cells.get("method", "")
        if method.lower() not in METHODS:
            what = f"method {method!r} is not modelled for single runs" if method else "method is not given"
            self.complain(what, "method", _LIST_METHODS)
            fine.append(False)
        for column in (
            "n_gpus",
            "n_nodes",
            "micro_batch_size",
            "grad_accum",
            "global_batch_size",
            "seq_len",
            "lora_rank",
        ):
            needed = column in ("n_gpus", "micro_batch_size", "seq_len")
            fine.append(self._plain(column, needed=needed))
        if not all(fine):
            return None
        try:
            return condition_of(cells, self.catalog, needs_gpu=True)
        except Unusable as error:
            self.complain(str(error), hint=error.hint or None)
            return None

    def _name(self, column: str, look: Callable[[str], Looked], cells: dict[str, str]) -> bool:
        """Replace a name by the catalog's own; one that it lacks is noted."""
        name = cells.get(column, "")
        if not name:
            self.complain(f"{column} is not given", hint="speed and memory depend on it")
            return False
        found, hint, what = look(name)
        if found is None:
            self.complain(f"{column} {name!r} {what}", column, hint)
            return False
        cells[column] = found
        return True

    def _model(self, name: str) -> Looked:
        index = resolve_model(self.catalog, name)
        if index is not None:
            return self.catalog.models[index].name, "", ""
        if self.cells.keys() & set(ARCHITECTURE):
            return name, "", ""
        otherwise = f"or give its columns: {', '.join(ARCHITECTURE)}"
        return None, hint_of(name, [model.id for model in self.catalog.models], otherwise), _ABSENT

    def _gpu(self, name: str) -> Looked:
        found = [self.catalog.gpus[i].id for i in resolve_gpus(self.catalog, name)]
        if len(found) == 1:
            return found[0], "", ""
        if found:
            return None, f"say which: {', '.join(found)}", "means several cards"
        ids = [gpu.id for gpu in self.catalog.gpus]
        return None, hint_of(name, ids, "`planner list gpus` has them all"), _ABSENT

    def _stack(self, name: str) -> Looked:
        known = [stack.id for stack in self.catalog.stacks]
        for stack in self.catalog.stacks:
            if name.lower() in (stack.id, *stack.aliases):
                return stack.id, "", ""
        return None, hint_of(name, known, f"there are: {', '.join(known)}"), _ABSENT

    def _plain(self, column: str, *, needed: bool) -> bool:
        """Whether a count among the conditions can be read."""
        try:
            value = number(self.cells, column)
        except Unusable as error:
            self.complain(str(error), column)
            return False
        if needed and math.isnan(value):
            self.complain(f"{column} is not given", hint="speed and memory depend on it")
            return False
        return True

    def _speed(self, condition: Condition | None) -> float:
        """Tokens per second and card, from what the row tells; the first of the ways counts."""
        direct, step = self.number("tokens_per_s_per_gpu"), self.number("step_s")
        hours, tokens = self.number("train_hours"), self.number("tokens_total")
        if "train_hours" in self.cells and math.isnan(direct) and math.isnan(step):
            self.needs("tokens_total", beside="train_hours")
        if condition is None:
            return math.nan
        if not math.isnan(direct):
            return direct
        if not math.isnan(step):
            way = condition.sharing
            group = way.tensor * way.pipeline * way.context
            return condition.micro_batch * condition.seq_len * condition.grad_accum / (step * group)
        return tokens / (hours * 3600.0 * condition.gpus)

    def _rented(self, run: Run) -> Run:
        tier = self.cells.get("tier", "on_demand").lower().replace("-", "_")
        if tier not in ("on_demand", "spot"):
            self.complain(f"tier {self.cells['tier']!r} is not one of on_demand, spot", "tier")
        provider = self.cells.get("provider", "")
        index = resolve_provider(self.catalog, provider)
        if index is None:
            near = suggest(provider, [p.id for p in self.catalog.providers])
            what = f"provider {provider!r} is not in the catalog" if provider else "provider is not given"
            self.complain(
                what, "provider", f"did you mean {near!r}?" if near else "`planner list providers` has them all"
            )
            return run
        run = replace(run, machine=f"{self.catalog.providers[index].id}/{tier}")
        if self.cells.keys() & set(PREEMPTION):
            run = self._preempted(run, tier)
        return self._paid(run) if self.cells.keys() & set(PRICE) else run

    def _preempted(self, run: Run, tier: str) -> Run:
        hours, count = self.number("running_hours"), self.number("preemptions", above=False)
        if "preemptions" not in self.cells:
            return run  # running hours alone say nothing
        self.needs("running_hours", beside="preemptions")
        if count != int(count) if not math.isnan(count) else False:
            self.complain(f"preemptions {self.cells['preemptions']!r} is no whole number", "preemptions")
        if tier != "spot":
            self.complain("preemptions of a machine that is not spot", "preemptions", "say tier: spot")
        return replace(run, running_hours=hours, preemptions=count)

    def _paid(self, run: Run) -> Run:
        listed, paid = self.number("listed_usd_per_hour"), self.number("paid_usd_per_hour")
        cost, hours = self.number("cost_usd"), self.number("billed_hours")
        if "paid_usd_per_hour" not in self.cells:
            if not self.cells.keys() & {"cost_usd", "billed_hours"}:
                return run  # a list price alone says nothing
            beside = "cost_usd" if "cost_usd" in self.cells else "billed_hours"
            self.needs("cost_usd", "billed_hours", beside=beside)
            paid = cost / hours
        self.needs("listed_usd_per_hour", beside="what was paid")
        if abs(math.log(paid / listed)) > math.log(SAME_UNIT) if paid / listed > 0 else False:
            message = f"paid ${paid:.4g} an hour where ${listed:.4g} is listed: one of them is in another unit"
            self.complain(message, "listed_usd_per_hour", "both for the whole machine, in USD per hour")
        return replace(run, listed_usd=listed, paid_usd=paid)

    def _evaluated(self, run: Run) -> Run:
        task = self.cells.get("task", "")
        tasks = [one.id for one in self.catalog.tasks]
        if task not in tasks:
            what = f"task {task!r} is not in the catalog" if task else "task is not given: whose quality is it?"
            self.complain(what, "task", f"there are: {', '.join(tasks)}")
        q = self._between("q") if "q" in self.cells else self._scored()
        return replace(run, task=task, q=q, predicted_q=self._predicted())

    def _between(self, column: str) -> float:
        value = self.number(column)
        if value >= 1.0:
            hint = "points go into score, beside their benchmark"
            self.complain(f"{column} {self.cells[column]!r} is not between 0 and 1", column, hint)
        return value

    def _scored(self) -> float:
        if "score" not in self.cells:
            self.complain("neither q nor score says how good it became")
            return math.nan
        points, name = self.number("score"), self.cells.get("benchmark", "")
        known = {benchmark.id.lower(): benchmark for benchmark in self.catalog.benchmarks}
        benchmark = known.get(name.lower())
        if benchmark is None:
            near = suggest(name, [b.id for b in self.catalog.benchmarks])
            what = f"benchmark {name!r} is not in the catalog" if name else "benchmark must stand beside score"
            self.complain(what, "benchmark", f"did you mean {near!r}?" if near else None)
            return math.nan
        if points > benchmark.ceiling:
            self.complain(f"score {points:g} is over the ceiling of {benchmark.id} ({benchmark.ceiling:g})", "score")
        return float(normalised(np.array(points), benchmark.chance, benchmark.ceiling))

    def _predicted(self) -> float:
        if "predicted_q" in self.cells:
            return self._between("predicted_q")
        wanted = self.cells.get("configuration", "")
        if not wanted:
            hint = "or give configuration, and the plan with --plan"
            self.complain("predicted_q must stand beside what came out", hint=hint)
            return math.nan
        found = [q for id_, q in (self.planned or {}).items() if id_.startswith(wanted)]
        if len(found) != 1:
            hint = "`planner plan` prints ids" if self.planned is not None else "name the plan.json with --plan"
            self.complain(
                f"configuration {wanted!r} is no single one of the plan with a known quality", "configuration", hint
            )
            return math.nan
        return found[0]


def _quantity(cell: str, column: str) -> float:
    """A number in the unit of the column's name; `4.2 s`, `62 GiB` and `$3.20` are read as well."""
    if column == "step_s" and not re.fullmatch(r"[\d.,eE+-]+", cell):
        return parse_quantity(cell, "time") * 3600.0
    kind = QUANTITIES.get(column)
    if kind is not None and not cell.startswith("-"):
        return parse_quantity(cell, kind)
    try:
        value = plain(cell)
    except ValueError:
        message = f"{cell!r} is not a number"
        raise ValueError(message) from None
    if not math.isfinite(value):
        message = f"{cell!r} is not a finite number"
        raise ValueError(message)
    return value
