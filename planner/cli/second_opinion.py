"""`--second-opinion`: what aiconfigurator says of a rented configuration, beside our figures and priced alike."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from planner.cli.tables import as_json, printable, table
from planner.units import significant

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog
    from planner.outcome.serving_configuration import ServingConfiguration
    from planner.outcome.serving_plan import ServingPlan
    from planner.second_opinion import Figures, Opinion

_BASIS = (
    "both: one replica with its requests always in flight, without levers, spot or headroom; $ of a replica that is "
    "busy all the time",
    "theirs reads as many prompt tokens in a step as keep these requests in flight, 8,192 at most; its time to first "
    "token has the steps of the running batch in it, ours is the prompt alone",
)


def second_opinion(plan: ServingPlan, c: ServingConfiguration, catalog: Catalog, form: str) -> str:
    """The opinions on a configuration as text or JSON; raises what `planner.second_opinion` does."""
    from planner.second_opinion import ask, question_of

    opinions = ask(question_of(plan, c, catalog), catalog.calibration)
    if form == "json":
        return as_json({"id": c.id, "opinions": [_data(one) for one in opinions], "basis": list(_BASIS)})
    return opinion_text(c.id, opinions)


def opinion_text(id_: str, opinions: list[Opinion]) -> str:
    """A row for each side and load, then what was left out."""
    first = opinions[0].question
    head = (
        f"{id_}: {first.model.id} {first.precision} on {first.tensor_parallel}x {first.gpu.id}, {first.engine.id}; "
        f"{first.input_tokens:,} tokens in, {first.output_tokens:,} out"
    )
    rows: list[dict[str, object]] = []
    notes: list[str] = []
    for one in opinions:
        rows.append(_row(one, "planner", one.ours))
        if one.theirs is not None:
            rows.append(_row(one, "aiconfigurator", one.theirs))
        else:
            notes.append(f"{one.question.load}: no second opinion: {one.reason}")
        notes += [f"{one.question.load}: aiconfigurator: {note}" for note in one.notes]
    version = next((one.version for one in opinions if one.version), "")
    notes += [f"aiconfigurator {version}"] if version else []
    lines = [f"- {printable(note)}" for note in dict.fromkeys((*notes, *_BASIS))]
    return "\n".join([printable(head), "", table(rows), "", *lines])


def _row(one: Opinion, who: str, figures: Figures) -> dict[str, object]:
    difference = figures.tokens_per_s / one.ours.tokens_per_s - 1
    usd = figures.usd_per_mtok(one.question.usd_per_hour)
    return {
        "load": one.question.load,
        "says": who,
        "tokens/s": significant(figures.tokens_per_s),
        "against ours": "" if who == "planner" or math.isnan(difference) else f"{100 * difference:+.0f} %",
        "first token": _ms(figures.first_token_s),
        "next token": _ms(figures.next_token_s),
        "$ per 1M output tokens": "unknown" if math.isnan(usd) else f"${significant(usd)}",
    }


def _ms(value_s: float) -> str:
    return "unknown" if math.isnan(value_s) else f"{significant(value_s * 1000)} ms"


def _data(one: Opinion) -> dict[str, Any]:
    question = one.question

    def figures(own: Figures | None) -> dict[str, float] | None:
        if own is None:
            return None
        return {**asdict(own), "usd_per_mtok_output": own.usd_per_mtok(question.usd_per_hour)}

    return {
        "load": question.load,
        "model": question.model.id,
        "gpu": question.gpu.id,
        "tensor_parallel": question.tensor_parallel,
        "precision": question.precision,
        "engine": question.engine.id,
        "input_tokens": question.input_tokens,
        "output_tokens": question.output_tokens,
        "sequences": one.sequences,
        "usd_per_hour": question.usd_per_hour,
        "planner": figures(one.ours),
        "aiconfigurator": figures(one.theirs),
        "reason": one.reason,
        "notes": list(one.notes),
        "version": one.version,
    }
