"""A fixed, realistic plan of serving a support bot; the same one turned hostile, empty, of APIs alone, and large."""

from functools import cache
from typing import Any

from planner.outcome import (
    Assumption,
    CatalogReference,
    Constraint,
    CurrencyReference,
    DecisionNote,
    Metadata,
    PlannerReference,
    Reference,
    Relaxation,
    Removal,
    Search,
    Source,
)
from planner.outcome.serving_configuration import Latencies, ServingConfiguration
from planner.outcome.serving_findings import (
    Crossover,
    Floor,
    LatencyCurve,
    LeverEffect,
    PartialFront,
    ReplicaHours,
    Reservation,
    Simulation,
    TrafficSummary,
)
from planner.outcome.serving_plan import ServingPlan

from .sample_configurations import short_hash
from .sample_plan import AS_OF, BREAKOUT, RTL, SCRIPT
from .sample_serving_configurations import HOURS, INPUT, OUTPUT, by_api, everything, load

TARGETS = {"ttft p95": 1.0, "itl p95": 0.06, "total p95": 6.0}


def _known(c: ServingConfiguration) -> list[float]:
    return [c.cost_usd_per_month or 0.0, c.latency_s or 0.0, -(c.quality or 0.0)]


def _compromise(c: ServingConfiguration) -> float:
    return float((c.cost_usd_per_month or 0.0) * (c.latency_s or 0.0) ** 0.9 / (c.quality or 1.0) ** 2)


def _dominates(a: ServingConfiguration, b: ServingConfiguration) -> bool:
    pairs = list(zip(_known(a), _known(b), strict=True))
    return all(x <= y for x, y in pairs) and any(x < y for x, y in pairs)


@cache
def serving_plan() -> ServingPlan:
    """Some dozens of front points, five decisions and every block filled."""
    ways = everything()
    known = [c for c in ways if c.latency_s is not None and c.latency_s <= TARGETS["total p95"]]
    front = [c for c in known if not any(_dominates(other, c) for other in known)]
    front.sort(key=_known)
    beside = sorted((c for c in ways if c.latency_s is None), key=_known)
    ids = {c.id for c in front}
    chosen = {
        "cheapest": front[0],
        "fastest": min(front, key=lambda c: c.latency_s or 0.0),
        "best": min(front, key=lambda c: (-(c.quality or 0.0), c.cost_usd_per_month or 0.0)),
        "knee": min(front, key=_compromise),
        "cheapest_api": beside[0],
    }
    rules = {
        "cheapest": "lowest cost", "fastest": "shortest p95 time to the last token", "best": "highest quality",
        "knee": "giving up a little on any objective buys least elsewhere",
        "cheapest_api": "lowest cost of the APIs; its latency is not known",
    }  # fmt: skip
    return ServingPlan(
        api_version="planner/v1",
        kind="Serving",
        metadata=Metadata(
            name="support-bot-serving", team="ml-platform", owner="Ana Sousa", cost_centre="cc-104",
            question="Should the support bot run on our own machines?", labels={"stage": "pilot"},
        ),
        scenario=Reference(path="scenarios/support-bot-serving.yaml", digest="sha256:3f1c9a0d77e2b4415e9c"),
        catalog=CatalogReference(as_of=AS_OF, digest="sha256:b8812f06c1aa90de7734"),
        planner=PlannerReference(version="0.1.0"),
        currency=CurrencyReference(code="EUR", usd_per_unit=1.1, as_of=AS_OF, source="ECB reference rates"),
        search=Search(strategy="exact", covered=len(ways), evaluated=len(ways), pruned=0),
        objectives=["cost", "latency", "quality"],
        traffic=_traffic(),
        targets=TARGETS,
        front=front,
        beside=beside,
        partial_fronts=[PartialFront(objectives=["cost", "quality"], ids=[beside[0].id, front[-1].id])],
        decisions={name: c.id for name, c in chosen.items()},
        decision_notes={name: DecisionNote(text=f"{name}: {rules[name]}", rule=rules[name]) for name in chosen},
        levers=_levers(chosen),
        crossovers=_crossovers(chosen),
        latency_curves=[_curve(name, c) for name, c in chosen.items() if c.capacity is not None],
        simulations=[_simulated("knee", chosen["knee"])],
        replicas=[ReplicaHours(decision=n, replicas=_replicas(c)) for n, c in chosen.items() if c.capacity is not None],
        reservations=[
            Reservation(decision="knee", tier="reserved_1y", machines=2, saving_usd_per_month=310.0,
                        text="2 machines run in every hour of the week; reserved for a year they save $310 a month")
        ],
        feasible=len(known), unknown=len(beside), infeasible={"latency target missed: total p95": 46},
        constraints=[Constraint(name="constraints.max_cost_per_month", limit=60_000, unit="usd", text="at most $60,000",
                                cuts=12, cuts_alone=3)],
        removed=[Removal(what="prices older than 18 months", count=31, turn_off="hardware: {allow: [stale]}")],
        relaxations=[],
        assumptions=[
            Assumption(key="traffic.output_tokens", value="lognormal, p95 2.4 times the mean", tag="E",
                       note="no p95 was given"),
            Assumption(key="engines.vllm", value="prefill and decode share the card", tag="C", note="chunked prefill"),
        ],
        warnings=["traffic.shape daytime is assumed; give weights of the hours"],
        sources=[Source(what="API prices", source="price lists of the providers", as_of="2026-10-03")],
        cloud=[[c.cost_usd_per_month, c.latency_s, c.quality] for c in known if c.id not in ids][:400],
    )  # fmt: skip


def _traffic() -> TrafficSummary:
    hours = load()
    return TrafficSummary(
        source="logs/requests.csv", requests_per_month=sum(hours) / 168 * 3600 * HOURS,
        mean_requests_per_s=sum(hours) / 168, peak_requests_per_s=max(hours), requests_per_s=hours, burstiness=1.8,
        input_tokens_mean=INPUT, input_tokens_p95=2400.0, output_tokens_mean=OUTPUT, output_tokens_p95=620.0,
        shared_prefix_tokens=350.0, turns_mean=2.4, repeat_share=0.18, active_users=260_000.0,
        notes=["12 rows with 0 output tokens were left out"],
    )  # fmt: skip


def _simulated(name: str, c: ServingConfiguration) -> Simulation:
    """A run that found every latency a tenth longer."""
    longer = {key: None if value is None else 1.1 * value for key, value in c.latencies.model_dump().items()}
    return Simulation(
        decision=name, requests=4000, seed=1, latencies=Latencies(**longer), worst_ratio=1.1, agrees=True,
        replaces=False, text="the law is off by a factor of 1.10 at most",
    )  # fmt: skip


def _replicas(c: ServingConfiguration) -> list[int]:
    assert c.capacity is not None
    low, high = c.capacity.replicas_least, c.capacity.replicas_peak
    top = max(load())
    return [max(low, round(high * v / top)) for v in load()] if c.scaling == "hourly" else [high] * 168


def _curve(name: str, c: ServingConfiguration) -> LatencyCurve:
    assert c.capacity is not None
    loads = [round(0.1 * step, 2) for step in range(1, 11)]
    rises = [1 / (1 - 0.62 * at) / (1 / (1 - 0.62 * (c.capacity.load or 0.0))) for at in loads]
    s = c.latencies

    def over(value: float | None) -> list[float | None]:
        return [None if value is None else value * rise for rise in rises]

    return LatencyCurve(
        decision=name, loads=loads, requests_per_s=[at * (c.capacity.requests_per_s or 0.0) for at in loads],
        ttft_p95_s=over(s.ttft_p95_s), itl_p95_s=over(s.itl_p95_s), total_p95_s=over(s.total_p95_s),
    )  # fmt: skip


def _levers(chosen: dict[str, ServingConfiguration]) -> list[LeverEffect]:
    def effect(decision: str, lever: str, saving: float | None, **more: Any) -> LeverEffect:
        c = chosen[decision]
        values: dict[str, Any] = {
            "latency_change_s": 0.0, "quality_change": 0.0, "upfront_usd": 0.0, "payback_months": None,
        }  # fmt: skip
        return LeverEffect(
            decision=decision, lever=lever, with_id=c.id, without_id=short_hash(c.id, lever), pulled=lever in c.levers,
            saving_usd_per_month=saving, text=f"{lever} on the {decision}", **(values | more),
        )  # fmt: skip

    unknown: dict[str, Any] = {"latency_change_s": None, "quality_change": None, "upfront_usd": None}
    return [
        found
        for name in ("knee", "cheapest_api")
        for found in (
            effect(name, "exact_cache", 412.0, upfront_usd=3000.0, payback_months=7.3),
            effect(name, "prefix_cache", 655.0, latency_change_s=-0.081),
            effect(name, "speculative", -120.0, latency_change_s=-0.9),
            effect(name, "batch", None, **unknown),
        )
    ]


def _crossovers(chosen: dict[str, ServingConfiguration]) -> list[Crossover]:
    volumes = [10**6 * 2**step for step in range(9)]
    asked = sum(load()) / 168 * 3600 * HOURS
    found = []
    haiku, mini = by_api("anthropic", "claude-haiku-4-5"), by_api("openai", "gpt-4o-mini")
    for name, api in (("cheapest", haiku), ("cheapest", mini), ("knee", haiku)):
        c = chosen[name]
        rented = [max(0.25, v / asked) * (c.cost_usd_per_month or 0.0) for v in volumes]
        by = [v / asked * (api.cost_usd_per_month or 0.0) for v in volumes]
        at = 0.25 * asked * (c.cost_usd_per_month or 0.0) * 4 / (api.cost_usd_per_month or 1.0) / 4
        crosses = at < 0.25 * asked
        found.append(
            Crossover(
                rented=c.id, api=api.id, requests_per_month=at if crosses else None, volumes=[*map(float, volumes)],
                rented_usd=[*rented], api_usd=[*by], text=f"{c.model} against {api.model}",
            )
        )  # fmt: skip
    return found


@cache
def hostile_serving_plan() -> ServingPlan:
    """The same plan with names that try to run, to fetch and to break the layout."""
    plan = serving_plan()
    metadata = Metadata(
        name=SCRIPT, team="{{7*7}}{% for x in y %}", owner=RTL, cost_centre="\x1b[31mred\x07|a\nb",
        question=f"{BREAKOUT} {'why ' * 60}", labels={"long": "x" * 500, BREAKOUT: "&lt;`*_"},
    )  # fmt: skip

    def turned(c: ServingConfiguration, at: int) -> ServingConfiguration:
        names = {
            "model": BREAKOUT if at % 3 else "m" * 400,
            "precision": RTL,
            "engine": SCRIPT,
            "levers": [SCRIPT, "l" * 90],
        }
        return c.model_copy(update=names | {"unknown": [BREAKOUT] if c.unknown else []})  # fmt: skip

    return plan.model_copy(
        update={
            "metadata": metadata,
            "front": [turned(c, i) for i, c in enumerate(plan.front)],
            "beside": [turned(c, i) for i, c in enumerate(plan.beside)],
            "traffic": plan.traffic.model_copy(update={"source": f"/logs/{BREAKOUT}", "notes": [SCRIPT, "n" * 900]}),
            "levers": [e.model_copy(update={"lever": BREAKOUT, "text": f"no; {SCRIPT}"}) for e in plan.levers],
            "crossovers": [c.model_copy(update={"text": SCRIPT}) for c in plan.crossovers],
            "reservations": [r.model_copy(update={"text": BREAKOUT, "tier": RTL}) for r in plan.reservations],
            "floors": [Floor(target=SCRIPT, target_s=0.01, floor_s=0.2, what=BREAKOUT)],
            "targets": {**plan.targets, BREAKOUT: 1.0},
            "warnings": [BREAKOUT, "w" * 900],
            "sources": [Source(what=SCRIPT, source="file:///etc/passwd", as_of="2026")],
        }
    )


@cache
def empty_serving_plan() -> ServingPlan:
    """A plan in which nothing is feasible, as a target lies below the floor."""
    nothing: dict[str, Any] = {
        "front": [], "beside": [], "partial_fronts": [], "decisions": {}, "decision_notes": {}, "levers": [],
        "crossovers": [], "latency_curves": [], "replicas": [], "reservations": [], "cloud": [],
        "feasible": 0, "unknown": 0,
        "infeasible": {"latency target missed: ttft p95": 72, "does not fit in memory": 20},
        "floors": [Floor(target="ttft p95", target_s=0.01, floor_s=0.064, what="llama-3.1-8b-instruct on h100-sxm")],
        "relaxations": [
            Relaxation(constraint="latency.ttft.p95", limit=0.01, needed=0.071, unit="s", change=6.1,
                       text="raise latency.ttft.p95 from 10 ms to 71 ms"),
        ],
    }  # fmt: skip
    return serving_plan().model_copy(update=nothing)


@cache
def apis_alone() -> ServingPlan:
    """A plan without machines: every latency is unknown, so nothing is on the front."""
    plan = serving_plan()
    update: dict[str, Any] = {
        "front": [], "partial_fronts": [PartialFront(objectives=["cost", "quality"], ids=[plan.beside[0].id])],
        "decisions": {"cheapest_api": plan.decisions["cheapest_api"]},
        "decision_notes": {"cheapest_api": plan.decision_notes["cheapest_api"]},
        "levers": [e for e in plan.levers if e.decision == "cheapest_api"],
        "crossovers": [], "latency_curves": [], "replicas": [], "reservations": [], "cloud": [], "feasible": 0,
    }  # fmt: skip
    return plan.model_copy(update=update)


@cache
def large_serving_plan(points: int) -> ServingPlan:
    """The sample with a front of that many points."""
    plan = serving_plan()
    front = [
        c.model_copy(
            update={"id": short_hash("large", i), "cost_usd_per_month": 900 * 1.001**i, "latency_s": 9 / 1.0007**i}
        )
        for i, c in ((i, plan.front[i % len(plan.front)]) for i in range(points))
    ]
    decisions = {"cheapest": front[0].id, "fastest": front[-1].id, "knee": front[points // 2].id}
    curves = [curve for curve in plan.latency_curves if curve.decision in decisions]
    return plan.model_copy(update={"front": front, "decisions": decisions, "latency_curves": curves, "crossovers": []})
