"""All samples of a review."""

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from planner.export.prometheus.metrics import MOST, UNATTRIBUTED, Sample, once, sample
from planner.export.prometheus.spend_samples import spend_samples
from planner.outcome.review import Review

SECONDS_PER_HOUR = 3600.0
STATUSES = ("ok", "warning", "broken")


def samples_of(review: Review) -> list[Sample]:
    """The samples, each series once."""
    return once(_all(review))


def _all(review: Review) -> Iterator[Sample]:
    name = review.metadata.name
    yield from sample(
        "planner_review_info", 1.0, review=name, month=review.month, version=review.planner.version
    )  # fmt: skip
    yield from sample("planner_review_as_of_timestamp_seconds", _midnight(review.as_of, review), review=name)
    yield from spend_samples(review)
    yield from sample("planner_efficiency_ratio", review.efficiency.score, review=name)
    for part in review.efficiency.parts:
        yield from sample("planner_efficiency_part_ratio", part.value, review=name, part=part.name)
    yield from _operations(review, name)
    yield from _sources(review, name)
    savings: dict[str, float] = {}
    for advice in review.advice:
        savings[advice.kind] = savings.get(advice.kind, 0.0) + advice.per_month_usd
    for kind, usd in savings.items():
        yield from sample("planner_advice_month_saving_usd", usd, review=name, kind=kind)
    for term in () if review.against_plans is None else review.against_plans.terms:
        yield from sample("planner_plan_error_ratio", term.median_ape, review=name, term=term.term)


def _operations(review: Review, name: str) -> Iterator[Sample]:
    operations = review.operations
    for card in operations.cards[:MOST]:
        labels = {"review": name, "gpu": card.gpu or "unknown", "provider": card.provider or "unknown"}
        yield from sample("planner_gpu_busy_ratio", card.busy, **labels)
        yield from sample("planner_gpu_seconds", card.gpu_hours * SECONDS_PER_HOUR, **labels)
        yield from sample("planner_gpu_spend_usd", card.effective_usd, **labels)
    for runs in operations.runs[:MOST]:
        labels = {"review": name, "team": runs.team or "all"}
        yield from sample("planner_training_runs", runs.runs, **labels)
        yield from sample("planner_training_failed_runs", runs.failed, **labels)
        yield from sample("planner_training_failed_spend_usd", runs.failed_usd, **labels)
        yield from sample("planner_training_failure_ratio", runs.failure_rate, **labels)
        yield from sample("planner_training_usual_failure_ratio", runs.usual_failure_rate, **labels)
    for used in operations.deployments[:MOST]:
        labels = {"review": name, "deployment": used.deployment, "model": used.model, "team": used.team}
        seconds = None if used.latency_p95_ms is None else used.latency_p95_ms / 1000.0
        yield from sample("planner_deployment_requests", used.requests, **labels)
        yield from sample("planner_deployment_failed_requests", used.failed, **labels)
        yield from sample("planner_deployment_spend_usd", used.cost_usd, **labels)
        yield from sample("planner_deployment_latency_p95_seconds", seconds, **labels)
    busiest = sorted(operations.tenants, key=lambda one: (-(one.requests or 0.0), one.tenant))[:MOST]
    for tenant in busiest:
        labels = {"review": name, "tenant": tenant.tenant or UNATTRIBUTED}
        yield from sample("planner_tenant_requests", tenant.requests, **labels)
        yield from sample("planner_tenant_spend_usd", tenant.cost_usd, **labels)
        yield from sample("planner_tenant_surge_ratio", tenant.surge, **labels)


def _sources(review: Review, name: str) -> Iterator[Sample]:
    worst: dict[str, int] = {one.name: 0 for one in review.read.sources}
    for found in review.read.health:
        worst[found.source] = max(worst.get(found.source, 0), STATUSES.index(found.status))
    for source, status in list(worst.items())[: 2 * MOST]:
        for place, word in enumerate(STATUSES):
            yield from sample(
                "planner_source_health", float(place == status), review=name, source=source or "all", status=word
            )
    for read in review.read.sources[: 2 * MOST]:
        for outcome in ("kept", "duplicate", "replaced", "future", "rejected"):
            yield from sample(
                "planner_source_rows", getattr(read, outcome), review=name, source=read.name, outcome=outcome
            )
        if read.last_day:
            end = _midnight(read.last_day, review, days=1)
            yield from sample(
                "planner_source_last_day_timestamp_seconds", end, review=name, source=read.name, kind=read.kind
            )


def _midnight(day: str, review: Review, days: int = 0) -> float:
    """Seconds since 1970 at the start of a day of the review, or of one so many days after it."""
    date = datetime.date.fromisoformat(day) + datetime.timedelta(days=days)
    return datetime.datetime.combine(date, datetime.time(), ZoneInfo(review.time_zone)).timestamp()
