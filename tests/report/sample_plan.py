"""A fixed, realistic plan of a support bot; the same one turned hostile, empty, and large."""

import math
from functools import cache

from planner.outcome import (
    Alternative,
    Alternatives,
    Assumption,
    CatalogReference,
    Claim,
    Configuration,
    Constraint,
    DecisionNote,
    Metadata,
    Pairing,
    Plan,
    PlannerReference,
    Reference,
    Relaxation,
    Removal,
    Rival,
    ScalingPoint,
    Search,
    Source,
)

from .sample_configurations import MODELS, OFFERS, configuration, short_hash

AS_OF = "2026-11-22"


def _dominates(a: Configuration, b: Configuration) -> bool:
    pairs = [(a.cost_usd, b.cost_usd), (a.hours, b.hours), (b.quality, a.quality)]
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    return all(x <= y for x, y in known) and any(x < y for x, y in known)


@cache
def sample_plan() -> Plan:
    """A plan with some thirty front points, four decisions and every block filled."""
    everything = [
        configuration(model, method, share, offer)
        for model in MODELS
        for method in ("qlora", "lora", "full")
        for share in (0.125, 0.25, 0.5, 1.0)
        for offer in OFFERS
    ]
    fits = [c for c in everything if c.memory_gib.total < c.memory_gib.usable * 0.92]
    front = [c for c in fits if not any(_dominates(other, c) for other in fits)]
    front.sort(key=lambda c: (c.cost_usd or 0, c.hours or 0))
    ids = {c.id for c in front}
    cloud = [[c.cost_usd, c.hours, c.quality] for c in fits if c.id not in ids]
    cheapest, fastest = front[0], min(front, key=lambda c: c.hours or 0)
    top = max(c.quality or 0 for c in front)
    best = min((c for c in front if (c.quality or 0) > top - 0.01), key=lambda c: c.cost_usd or 0)
    knee = min(
        front, key=lambda c: math.log(c.cost_usd or 1) ** 2 + (2 + math.log(c.hours or 1)) ** 2 - 30 * (c.quality or 0)
    )
    chosen = {"cheapest": cheapest, "fastest": fastest, "best": best, "knee": knee}
    rules = {
        "cheapest": "lowest cost",
        "fastest": "shortest time",
        "best": "cheapest of those whose quality cannot be told from the highest",
        "knee": "giving up a little on any objective buys least elsewhere",
    }
    notes = {
        name: DecisionNote(
            text=f"{name}: {c.model} by {c.method['name']}; {rules[name]}",
            rule=rules[name],
            within_noise=[front[1].id] if name == "best" else [],
            keeps={"cheapest": 0.9312, "knee": 0.9971}.get(name),
            rivals=_rivals(front) if name == "cheapest" else [],
        )
        for name, c in chosen.items()
    }
    why = "undefined: no point of the front has time at most 5 min; the nearest misses time by 40 % (7 min, not 5 min)"
    notes["epsilon"] = DecisionNote(text=f"epsilon: {why}", rule=why, undefined=True)
    distinct = list(dict.fromkeys(c.id for c in chosen.values()))
    unpriced = front[2].model_copy(
        update={
            "id": short_hash("unpriced"),
            "cost_usd": None,
            "cost_usd_lo": None,
            "cost_usd_hi": None,
            "cost_usd_label": "unknown",
            "unknown": ["cost: no price known"],
        }
    )
    return Plan(
        api_version="planner/v1",
        kind="FineTune",
        metadata=Metadata(
            name="support-bot", team="ml-platform", owner="Ana Sousa", cost_centre="cc-104", labels={"stage": "pilot"}
        ),
        scenario=Reference(path="scenarios/support-bot.yaml", digest="sha256:3f1c9a0d77e2b4415e9c"),
        catalog=CatalogReference(as_of=AS_OF, digest="sha256:b8812f06c1aa90de7734"),
        planner=PlannerReference(version="0.1.0"),
        search=Search(strategy="exact", covered=12_480, evaluated=12_480, pruned=0),
        objectives=["cost", "time", "quality"],
        front=front,
        beside=[unpriced],
        decisions={name: c.id for name, c in chosen.items()},
        decision_notes=notes,
        pairings=[
            Pairing(
                a=a,
                b=b,
                probability={"cost": 0.97, "time": 0.5512, "quality": 0.0062},
                a_no_worse=0.0031,
                b_no_worse=0.02,
            )
            for i, a in enumerate(distinct)
            for b in distinct[i + 1 :]
        ],
        alternatives=_alternatives(cheapest, front[1], fits[0]),
        scaling=[_scaled(name, c, count) for name, c in chosen.items() for count in (1, 2, 4, 8)],
        reference=_claims(),
        reference_assumed="Llama 2 of that size, 512 tokens per sample",
        feasible=5_300,
        unknown=12,
        infeasible={
            "does not fit in memory": 4_100,
            "constraints.max_cost": 1_904,
            "constraints.deadline": 820,
            "no support for this method on this card": 344,
        },
        constraints=[
            Constraint(
                name="constraints.memory_margin",
                limit=0.08,
                unit="share",
                text="8 % of memory kept free",
                cuts=312,
                cuts_alone=290,
            ),
            Constraint(
                name="constraints.max_cost", limit=200.0, unit="usd", text="at most $200", cuts=2_150, cuts_alone=1_904
            ),
            Constraint(
                name="constraints.deadline", limit=12.0, unit="hours", text="within 12.0 h", cuts=1_066, cuts_alone=820
            ),
        ],
        removed=[
            Removal(what="marketplace hosts", count=84, turn_off="hardware: {allow: [marketplace]}"),
            Removal(what="prices older than 18 months", count=31, turn_off="hardware: {allow: [stale]}"),
            Removal(what="models that are no causal decoders", count=2),
        ],
        unpriced_spot={"lambda": 4},
        inactive_axes=["method.rank"],
        relaxations=[],
        assumptions=[
            Assumption(
                key="dataset.tokens_per_sample",
                value="lognormal through mean and p95",
                tag="E",
                note="the shape between is assumed",
            ),
            Assumption(
                key="train.expected_reruns",
                value="15 % of a run",
                tag="E",
                note="mistakes and crashes; in the cost, not in the time",
            ),
            Assumption(
                key="quality.baseline",
                value="MMLU, 5 shots, base models",
                tag="U",
                note="published scores; where tuning starts",
            ),
            Assumption(
                key="memory.logits",
                value="14 B per token and vocabulary entry",
                tag="C",
                note="unless the loss kernel is fused",
            ),
            Assumption(
                key="preemption", value="0.25 per running hour", tag="M", note="prior, a factor of three either way"
            ),
        ],
        warnings=["train.max_seq_len 2048 cuts 0.8 % of the samples"],
        sources=[
            Source(what="prices", source="catalog of public list prices, per provider", as_of=AS_OF),
            Source(what="model shapes", source="Lightning-AI/litgpt@26857050 (Apache-2.0)", as_of="2026-11-22"),
        ],
        cloud=cloud[:400],
    )


def _scaled(name: str, c: Configuration, count: int) -> ScalingPoint:
    """A decision on another number of GPUs; the knee's has no eighth card, eight are too dear for the best."""
    more = count / c.hardware.count
    runs = not (name == "knee" and count == 8)
    dear = name == "best" and count == 8
    return ScalingPoint(
        decision=name,
        gpu=c.hardware.gpu,
        count=count,
        provider=c.offer.provider,
        region=c.offer.region,
        cost_usd=(c.cost_usd or 0) * more**0.12 if runs else None,
        hours=(c.hours or 0) * more**-0.88 if runs else None,
        memory_gib=c.memory_gib.total if runs else None,
        feasible=runs and not dear,
        reason="constraints.max_cost" if dear else "" if runs else "batch not divisible by GPUs and micro-batch",
    )


def _rivals(front: list[Configuration]) -> list[Rival]:
    return [
        Rival(
            id=c.id,
            text=f"91 % likely cheaper than {c.model}",
            probability={"cost": 0.91, "time": 0.2, "quality": 0.5},
            no_worse=0.08,
        )
        for c in front[1:3]
    ]


def _alternatives(own: Configuration, other: Configuration, off: Configuration) -> Alternatives:
    def near(c: Configuration, kinds: list[str], words: str, by: str, better: float | None) -> Alternative:
        of = "cost" if by == "cheapest" else "largest loss"
        regret = (c.cost_usd or 0) - (own.cost_usd or 0) if of == "cost" else 0.062
        return Alternative(
            decision=by, kinds=kinds, id=c.id, on_front=c is other, of=of, regret=regret, regret_share=0.062,
            losses={"cost": 0.062, "time": 0.02, "quality": -0.01}, decision_better=better,
            text=f"{words}: {c.model} on {c.hardware.gpu}: 6.2 % dearer, 2.0 % slower, 1.0 % higher in q",
        )  # fmt: skip

    found = [
        near(other, ["provider", "older card"], "other provider and older card", "cheapest", 0.91),
        near(off, ["method"], "other method", "cheapest", 0.97),
        near(off, ["model"], "other model", "knee", None),
    ]
    return Alternatives(near=0.1, searched="all 12,480 combinations", whole=True, found=found, configurations=[off])


def _claims() -> list[Claim]:
    def claim(job: str, figure: str, claimed: float, ours: float | None, note: str = "") -> Claim:
        provider = "" if figure == "memory_gb" else "aws"
        ratio = None if ours is None else ours / claimed
        return Claim(
            job=job, provider=provider, figure=figure, unit="", claim=claimed, ours=ours, ratio=ratio, note=note,
            source="a cost calculator", as_of="2024",
        )  # fmt: skip

    return [
        claim("7B qlora, 1x A100, 10K samples", "hours", 2.5, 1.9, "aws rents out no such machine; time as elsewhere"),
        claim("7B qlora, 1x A100, 10K samples", "cost_usd", 24.5, None),
        claim("70B qlora, 1x H100 80GB", "memory_gb", 68.0, 67.9),
    ]


SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "</script><img src=http://evil.test/x onerror=alert(2)>"
RTL = "\u05de\u05ea\u05db\u05e0\u05df \u202e\u0627\u0644\u0645\u062e\u0637\u0637"


@cache
def hostile_plan() -> Plan:
    """The same plan with names that try to run, to fetch and to break the layout."""
    plan = sample_plan()
    metadata = Metadata(
        name=SCRIPT,
        team="{{7*7}}{% for x in y %}",
        owner=RTL,
        cost_centre="\x1b[31mred\x07|a\nb",
        labels={
            "long": "x" * 500,
            "emoji": "\U0001f680\U0001f469\u200d\U0001f4bb",
            "image": "![x](file:///etc/passwd)",
            BREAKOUT: "&lt;`*_",
        },
    )
    front = [c.model_copy(update={"model": BREAKOUT}) if i % 7 == 0 else c for i, c in enumerate(plan.front)]
    front = [
        c.model_copy(update={"stack": SCRIPT, "axes": {"dataset.share": RTL}}) if i % 5 == 0 else c
        for i, c in enumerate(front)
    ]
    return plan.model_copy(
        update={
            "metadata": metadata,
            "front": front,
            "scaling": [p.model_copy(update={"gpu": BREAKOUT, "region": RTL, "reason": SCRIPT}) for p in plan.scaling],
            "reference": [c.model_copy(update={"job": BREAKOUT, "note": SCRIPT}) for c in plan.reference],
            "alternatives": plan.alternatives.model_copy(
                update={
                    "configurations": [
                        c.model_copy(update={"model": BREAKOUT}) for c in plan.alternatives.configurations
                    ],
                    "found": [a.model_copy(update={"text": f"{SCRIPT}: {RTL}"}) for a in plan.alternatives.found],
                }
            ),
            "warnings": [BREAKOUT, "w" * 500],
            "sources": [Source(what=SCRIPT, source="file:///etc/passwd", as_of="2026")],
        }
    )


@cache
def empty_plan() -> Plan:
    """A plan in which nothing is feasible."""
    plan = sample_plan()
    return plan.model_copy(
        update={
            "front": [],
            "beside": [],
            "decisions": {},
            "decision_notes": {},
            "pairings": [],
            "alternatives": Alternatives(),
            "scaling": [],
            "reference": [],
            "cloud": [],
            "feasible": 0,
            "unknown": 0,
            "infeasible": {"constraints.max_cost": 12_080, "does not fit in memory": 400},
            "relaxations": [
                Relaxation(
                    constraint="constraints.max_cost",
                    limit=1.0,
                    needed=1.85,
                    unit="usd",
                    change=0.85,
                    text="raise constraints.max_cost from $1.00 to $1.85",
                ),
                Relaxation(
                    constraint="constraints.deadline",
                    limit=0.5,
                    needed=1.2,
                    unit="hours",
                    change=1.4,
                    text="raise constraints.deadline from 30 min to 1.2 h",
                ),
            ],
        }
    )


@cache
def large_plan(points: int) -> Plan:
    """The sample with a front of that many points, for measuring."""
    plan = sample_plan()
    front = [
        c.model_copy(update={"id": short_hash(i), "cost_usd": 5 * 1.002**i, "hours": 60 / 1.001**i})
        for i, c in ((i, plan.front[i % len(plan.front)]) for i in range(points))
    ]
    decisions = {"cheapest": front[0].id, "fastest": front[-1].id, "knee": front[points // 2].id}
    return plan.model_copy(update={"front": front, "decisions": decisions, "pairings": [], "scaling": []})
