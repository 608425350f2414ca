"""The title block of a report, and where the plan came from: the same for plans of every kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.outcome import AnyPlan
from planner.outcome.plan import PlanHead
from planner.report.data.report_data import Title
from planner.report.data.tables import Source
from planner.report.names import clean, shorten
from planner.report.sections.search_words import search_text

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome


def title_of(plan: AnyPlan) -> Title:
    """The title block of what was searched for."""
    seed = plan.search.seed
    return title_head(
        plan, [("Search", search_text(plan.search)), *([] if seed is None else [("Seed", str(seed))])]
    )  # fmt: skip


def title_head(plan: PlanHead, more: Sequence[tuple[str, str]]) -> Title:
    """The title block, with what else there is to say of where it came from."""
    m = plan.metadata
    named = [("Team", m.team), ("Owner", m.owner), ("Cost centre", m.cost_centre)]
    origin = [
        ("Scenario", f"{shorten(plan.scenario.path, 80)} ({_digest(plan.scenario.digest)})"),
        ("Catalog", f"{clean(plan.catalog.as_of)} ({_digest(plan.catalog.digest)})"),
        *_calibration(plan),
        *_overlays(plan),
        *_lock(plan),
        ("Planner", clean(plan.planner.version)),
        *more,
    ]
    stamp = (
        f"scenario {_short(plan.scenario.digest)}",
        f"catalog {clean(plan.catalog.as_of)} {_short(plan.catalog.digest)}",
        f"planner {clean(plan.planner.version)}",
    )
    return Title(
        name=shorten(m.name, 120) or "unnamed",
        running=shorten(m.name, 50) or "unnamed",
        facts=tuple((key, shorten(value, 80)) for key, value in named if value),
        origin=tuple(origin),
        author=shorten(m.owner or m.team or "", 80),
        footer=", ".join(stamp),
        as_of=clean(plan.catalog.as_of),
        question=clean(m.question or ""),
    )


def _calibration(plan: PlanHead) -> list[tuple[str, str]]:
    c = plan.calibration
    return [] if c is None else [("Calibration", f"{shorten(c.file, 80)} ({_digest(c.digest)})")]


def _overlays(plan: PlanHead) -> list[tuple[str, str]]:
    return [("Catalog overlay", f"{shorten(o.file, 80)} ({_digest(o.digest)})") for o in plan.overlays]


def _lock(plan: PlanHead) -> list[tuple[str, str]]:
    lock = plan.lock
    if lock is None:
        return []
    return [("Prices", f"locked at {clean(lock.as_of)} by {shorten(lock.file, 80)} ({_digest(lock.digest)})")]


def _digest(text: str) -> str:
    return clean(text)[:71]


def _short(digest: str) -> str:
    return clean(digest).removeprefix("sha256:")[:12]


def labels_of(plan: PlanHead) -> tuple[tuple[str, str], ...]:
    """(label, value) as the scenario's author wrote them."""
    return tuple((shorten(key), shorten(value, 200)) for key, value in sorted(plan.metadata.labels.items()))


def sources_of(plan: "Outcome") -> tuple[Source, ...]:
    """Where the facts come from."""
    return tuple(Source(clean(s.what), shorten(s.source, 300), clean(s.as_of)) for s in plan.sources)
