"""How fast answers come: percentiles of the decisions against their targets, curves over the load, floors."""

from collections.abc import Mapping, Sequence
from typing import Final

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_findings import LatencyCurve, Simulation
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.serving_parts import Curve, CurvePoint, FloorRow, TargetLine
from planner.report.data.serving_rows import Percentiles
from planner.report.names import listed, shorten
from planner.report.serving.rows import asked_text, in_told_order, words
from planner.units import seconds, share_text

LATENCIES: Final[Mapping[str, str]] = {
    "ttft": "time to the first token", "itl": "time between two tokens", "total": "time to the last token",
}  # fmt: skip
SHARES: Final = ("p50", "p95", "p99")


def target_words(name: str) -> str:
    """`ttft p95` → `p95 time to the first token`."""
    latency, _, share = name.partition(" ")
    return f"{share} {LATENCIES[latency]}" if latency in LATENCIES and share in SHARES else shorten(name, 40)


def targets_of(plan: ServingPlan) -> tuple[TargetLine, ...]:
    """The latency targets that can be drawn."""
    found = []
    for name, value in plan.targets.items():
        latency, _, share = name.partition(" ")
        if latency in LATENCIES and share in SHARES:
            found.append(TargetLine(latency, share, value, f"{share} target {asked_text(value)}"))
    return tuple(found)


def percentiles_of(
    c: ServingConfiguration, targets: Sequence[TargetLine], run: Simulation | None = None
) -> tuple[Percentiles, ...]:
    """The three latencies of one configuration, each against its targets and beside its simulation."""
    return tuple(_percentiles(c, latency, targets, run) for latency in LATENCIES)


def _percentiles(
    c: ServingConfiguration, latency: str, targets: Sequence[TargetLine], run: Simulation | None
) -> Percentiles:
    values: dict[str, float | None] = {share: getattr(c.latencies, f"{latency}_{share}_s") for share in SHARES}
    asked = [target for target in targets if target.latency == latency]
    kept = [None if (found := values[one.share]) is None else found <= one.seconds * (1 + 1e-9) for one in asked]
    stands = {None: "not known, asked: ", True: "within ", False: "above "}
    told = [f"{one.share} {stands[keeps]}{asked_text(one.seconds)}" for one, keeps in zip(asked, kept, strict=True)]
    return Percentiles(
        name=LATENCIES[latency],
        p50=seconds(values["p50"]),
        p95=seconds(values["p95"]),
        p99=seconds(values["p99"]),
        met=", ".join(told),
        keeps=None if not kept or (None in kept and False not in kept) else False not in kept,
        simulated="" if run is None else seconds(getattr(run.latencies, f"{latency}_p95_s")),
    )


def curves_of(plan: ServingPlan) -> tuple[Curve, ...]:
    """The curves, those of decisions that are one configuration once."""
    merged: dict[tuple[object, ...], list[LatencyCurve]] = {}
    for place in in_told_order(plan, (curve.decision for curve in plan.latency_curves)):
        curve = plan.latency_curves[place]
        key = (plan.decisions.get(curve.decision, curve.decision), *curve.loads)
        merged.setdefault(key, []).append(curve)
    return tuple(_curve(curves, plan) for curves in merged.values())


def _curve(curves: Sequence[LatencyCurve], plan: ServingPlan) -> Curve:
    first = curves[0]
    chosen = plan.configuration(plan.decisions.get(first.decision, ""))
    columns = (first.loads, first.requests_per_s, first.ttft_p95_s, first.itl_p95_s, first.total_p95_s)
    return Curve(
        name=", ".join(words(curve.decision) for curve in curves),
        points=tuple(CurvePoint(*values) for values in zip(*columns, strict=False)),
        planned=chosen.capacity.load if chosen is not None and chosen.capacity is not None else None,
    )


def curve_sentence(curves: Sequence[Curve], latency: str, targets: Sequence[TargetLine]) -> str:
    """How a latency of the first curve grows from the load that is planned to the most it can do."""
    drawn = [c for c in curves if any(getattr(p, latency) is not None for p in c.points)]
    if not drawn:
        return ""
    first = drawn[0]
    known = [(p.load, getattr(p, latency)) for p in first.points if getattr(p, latency) is not None]
    load, last = known[-1]
    grown = f"it is {seconds(known[0][1])} at {share_text(known[0][0])} of its capacity and {seconds(last)} at " \
            f"{share_text(load)}"  # fmt: skip
    planned = ""
    if first.planned is not None:
        near = min(known, key=lambda pair: abs(pair[0] - (first.planned or 0.0)))
        planned = f"; in the busiest hour a replica is loaded to {share_text(first.planned)}, where it is about " \
                  f"{seconds(near[1])}"  # fmt: skip
    asked = [one.text for one in targets if one.latency == latency]
    line = f" The dashed line is the {listed(asked)}." if asked else ""
    return f"p95 {LATENCIES[latency]} of the {first.name}: {grown}{planned}.{line}"


def floors_of(plan: ServingPlan) -> tuple[FloorRow, ...]:
    """Targets below what is physically there."""
    return tuple(
        FloorRow(target_words(f.target), asked_text(f.target_s), seconds(f.floor_s), shorten(f.what, 160))
        for f in plan.floors
    )


def floors_sentence(plan: ServingPlan) -> str:
    """That no machine in play reaches a target, however many there are."""
    if not plan.floors:
        return ""
    names = listed([target_words(f.target) for f in plan.floors])
    return (
        f"The target for {names} lies below what the machines in play can do for a single request, so that no number "
        "of replicas reaches it."
    )
