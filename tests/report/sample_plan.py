"""A fixed, realistic plan of a support bot, and the same one with every name turned hostile."""

import math
from typing import Any

from planner.outcome import (
    Assumption,
    CatalogReference,
    Configuration,
    Constraint,
    CostParts,
    DecisionNote,
    Hardware,
    HourParts,
    Memory,
    Metadata,
    Offer,
    Pairing,
    Plan,
    PlannerReference,
    Reference,
    Relaxation,
    Search,
    Source,
    Work,
)

MODELS = {
    "llama-3.1-8b": (8.03, 0.62),
    "mistral-7b-v0.3": (7.25, 0.55),
    "qwen2.5-7b": (7.62, 0.68),
    "gemma-2-9b": (9.24, 0.66),
}
"""Billions of parameters and the q that tuning starts from."""
GPUS = {
    "l4": (24, 22.0, 54.0), "l40s": (48, 44.4, 130.0), "a100-80gb-sxm": (80, 79.15, 170.0), "h100-sxm": (80, 79.1, 420.0),
}  # fmt: skip
"""Marketed GB, usable GiB, sustained TFLOP/s."""
OFFERS = [
    ("l4", 1, "runpod", "us", "on_demand", 0.43), ("l4", 1, "gcp", "us-central1", "spot", 0.28),
    ("l4", 2, "runpod", "us", "on_demand", 0.86), ("l40s", 1, "runpod", "any", "on_demand", 1.19),
    ("l40s", 2, "nebius", "eu-north1", "on_demand", 3.10), ("a100-80gb-sxm", 1, "lambda", "us-east-1", "on_demand", 1.79),
    ("h100-sxm", 1, "lambda", "us-west-3", "on_demand", 2.99), ("h100-sxm", 2, "nebius", "eu-north1", "on_demand", 5.90),
    ("h100-sxm", 4, "lambda", "us-west-3", "on_demand", 11.96), ("h100-sxm", 8, "lambda", "us-west-3", "on_demand", 23.92),
]  # fmt: skip
AS_OF = "2026-11-22"


def _hash(*parts: object) -> str:
    from hashlib import sha256

    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]


def _configuration(
    model: str, method: str, share: float, offer: tuple[str, int, str, str, str, float]
) -> Configuration:
    gpu, count, provider, region, tier, price = offer
    billions, start = MODELS[model]
    marketed, usable, tflops = GPUS[gpu]
    tokens = 400_000 * share * 420 * 3
    per_token = {"qlora": 5.2, "lora": 4.2, "full": 6.3}[method] * billions * 1e9
    train = tokens * per_token / (tflops * 1e12 * count**0.94) / 3600
    weights = billions * {"qlora": 0.62, "lora": 1.86, "full": 1.86}[method]
    optimizer = billions * 11.2 / count if method == "full" else 0.31
    gradients = billions * 1.86 / count if method == "full" else 0.08
    micro = max(1, min(16, int((usable - weights - optimizer - 4) / 3)))
    terms = {
        "weights": weights, "adapters": 0.0 if method == "full" else 0.16, "gradients": gradients, "optimizer": optimizer,
        "activations": 0.85 * micro, "logits": 0.55 * micro, "temporary": 0.9, "context": 0.6,
    }  # fmt: skip
    terms = {name: round(value, 3) for name, value in terms.items()}
    total = round(sum(terms.values()), 3)
    spot = tier == "spot"
    hours = HourParts(
        queue=0.0167, boot=0.05 if count < 8 else 0.17, image=0.0417, weights=round(billions * 2 / 1800, 4),
        data=round(0.12 * share, 4), warmup=0.025, train=round(train, 4), evaluate=round(train * 0.035, 4), checkpoints=0.03,
        preemption=round(train * 0.11, 4) if spot else 0.0, upload=0.01,
    )  # fmt: skip
    wall = round(sum(hours.model_dump().values()), 4)
    compute = round((wall - hours.queue) * price, 4)
    parts = CostParts(
        compute=compute, storage=0.21, egress=0.04 * (0 if provider == "runpod" else 1), reruns=round(0.15 * compute, 4)
    )
    cost = round(sum(v for v in parts.model_dump().values() if v is not None), 4)
    gain = 1 - (1 + 400_000 * share / 300) ** -0.3
    offset = {"qlora": -0.03, "lora": -0.02, "full": 0.0}[method]
    quality = round(1 / (1 + math.exp(-(math.log(start / (1 - start)) + gain * 0.6 + offset))), 4)
    carbon = round(wall * count * {"l4": 0.03, "l40s": 0.12, "a100-80gb-sxm": 0.17, "h100-sxm": 0.27}[gpu], 3)
    settings: dict[str, Any] = {"name": method} | (
        {} if method == "full" else {"rank": 16, "alpha": 32, "targets": "all-linear"}
    )
    steps = round(tokens / (64 * 2048 * 0.96))
    tokens_per_second = tokens / count / (train * 3600)
    return Configuration(
        id=_hash(model, method, share, offer), model=model, method=settings, stack="hf-trainer",
        train={"epochs": 3, "global_batch_size": 64, "max_seq_len": 2048, "micro_batch": micro, "grad_accum": max(1, 64 // (micro * count)),
               "checkpointing": "full" if gpu == "l4" else "selective"},
        axes={"dataset.share": share, "method.rank": settings.get("rank")},
        hardware=Hardware(
            gpu=gpu, count=count, nodes=1, parallelism="single" if count == 1 else "fsdp" if method == "full" else "ddp",
            memory_per_gpu_gib=usable,
        ),
        offer=Offer(
            provider=provider, instance=f"{count}x-{gpu}", region=region, tier="spot" if spot else "on_demand", price_usd_per_hour=price,
            as_of="2026-10-03", price_confidence="high", preemption_per_hour=0.08 if spot else None,
            preemption_break_even_per_hour=0.61 if spot else None,
        ),
        cost_usd=cost, cost_usd_lo=round(cost * 0.74, 4), cost_usd_hi=round(cost * 1.36, 4), cost_usd_label="partial: storage price assumed",
        hours=wall, hours_lo=round(wall * 0.77, 4), hours_hi=round(wall * 1.3, 4), hours_label="estimate, not calibrated",
        quality=quality, quality_lo=round(quality - 0.17, 4), quality_hi=round(min(1.0, quality + 0.16), 4), quality_label="prior: ranking only",
        carbon_kg=carbon, carbon_kg_lo=round(carbon * 0.66, 3), carbon_kg_hi=round(carbon * 1.5, 3), carbon_kg_label="estimate",
        memory_gib=Memory(
            total=total, total_lo=round(total * 0.88, 3), total_hi=round(total * 1.14, 3), label="estimate, not calibrated",
            metric="allocated by PyTorch, plus the CUDA context", phase="backward", usable=usable, **terms,
        ),
        cost_parts=parts, hour_parts=hours,
        work=Work(
            steps=steps, tokens=round(tokens / 0.96), useful_tokens=tokens, tokens_per_micro_batch=2048 * micro, flops_per_token=per_token,
            step_s=round(train * 3600 / steps, 4), tokens_per_s_per_gpu=round(tokens_per_second, 1), hfu=0.47, mfu=0.36,
            step_parts_s={"matmul": 2.31, "attention": 0.32, "launch": 0.0, "dequantise": 0.2, "communication": 0.04, "optimizer": 0.01},
        ),
        quality_parts={"base": 0.49, "gain": round(gain, 4), "method": offset, "capacity": 0.0, "overfit": 0.0, "points": 66.7},
    )  # fmt: skip


def _dominates(a: Configuration, b: Configuration) -> bool:
    pairs = [(a.cost_usd, b.cost_usd), (a.hours, b.hours), (b.quality, a.quality)]
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    return all(x <= y for x, y in known) and any(x < y for x, y in known)


def sample_plan() -> Plan:
    """A plan with some thirty front points, four decisions and every block filled."""
    everything = [
        _configuration(model, method, share, offer)
        for model in MODELS for method in ("qlora", "lora", "full") for share in (0.125, 0.25, 0.5, 1.0) for offer in OFFERS
    ]  # fmt: skip
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
        "cheapest": "lowest cost", "fastest": "shortest time", "best": "cheapest of those whose quality cannot be told from the highest",
        "knee": "giving up a little on any objective buys least elsewhere",
    }  # fmt: skip
    notes = {
        name: DecisionNote(
            text=f"{name}: {c.model} by {c.method['name']}; {rules[name]}",
            within_noise=[front[1].id] if name == "best" else [],
        )
        for name, c in chosen.items()
    }
    distinct = list(dict.fromkeys(c.id for c in chosen.values()))
    unpriced = front[2].model_copy(update={
        "id": _hash("unpriced"), "cost_usd": None, "cost_usd_lo": None, "cost_usd_hi": None, "cost_usd_label": "unknown",
        "unknown": ["cost: no price known"],
    })  # fmt: skip
    return Plan(
        api_version="planner/v1", kind="FineTune",
        metadata=Metadata(name="support-bot", team="ml-platform", owner="Ana Sousa", cost_centre="cc-104", labels={"stage": "pilot"}),
        scenario=Reference(path="scenarios/support-bot.yaml", digest="sha256:3f1c9a0d77e2b4415e9c"),
        catalog=CatalogReference(as_of=AS_OF, digest="sha256:b8812f06c1aa90de7734"), planner=PlannerReference(version="0.1.0"),
        search=Search(strategy="exact", covered=12_480, evaluated=12_480, pruned=0), objectives=["cost", "time", "quality"],
        front=front, beside=[unpriced], decisions={name: c.id for name, c in chosen.items()}, decision_notes=notes,
        pairings=[
            Pairing(a=a, b=b, probability={"cost": 0.97, "time": 0.5512, "quality": 0.0062})
            for i, a in enumerate(distinct) for b in distinct[i + 1 :]
        ],
        feasible=5_312, infeasible={"does not fit in memory": 4_100, "constraints.max_cost": 1_904, "constraints.deadline": 820,
                                    "no support for this method on this card": 344},
        constraints=[
            Constraint(name="constraints.memory_margin", limit=0.08, unit="share", text="8% of memory kept free", cuts=312, cuts_alone=290),
            Constraint(name="constraints.max_cost", limit=200.0, unit="usd", text="at most $200", cuts=2_150, cuts_alone=1_904),
            Constraint(name="constraints.deadline", limit=12.0, unit="hours", text="within 12.0 h", cuts=1_066, cuts_alone=820),
        ],
        removed_offers={"marketplace hosts": 84, "prices older than 18 months": 31, "models that are no causal decoders": 2,
                        "no spot price known: lambda": 4},
        inactive_axes=["method.rank"], relaxations=[],
        assumptions=[
            Assumption(key="dataset.tokens_per_sample", value="lognormal through mean and p95", tag="E", note="the shape between is assumed"),
            Assumption(key="train.expected_reruns", value="15% of a run", tag="E", note="mistakes and crashes; in the cost, not in the time"),
            Assumption(key="quality.baseline", value="MMLU, 5 shots, base models", tag="U", note="published scores; where tuning starts"),
            Assumption(key="memory.logits", value="14 B per token and vocabulary entry", tag="C", note="unless the loss kernel is fused"),
            Assumption(key="preemption", value="0.25 per running hour", tag="M", note="prior, a factor of three either way"),
        ],
        warnings=["train.max_seq_len 2048 cuts 0.8 % of the samples"],
        sources=[
            Source(what="prices", source="catalog of public list prices, per provider", as_of=AS_OF),
            Source(what="model shapes", source="Lightning-AI/litgpt@26857050 (Apache-2.0)", as_of="2026-11-22"),
        ],
        cloud=cloud[:400],
    )  # fmt: skip


SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "</script><img src=http://evil.test/x onerror=alert(2)>"
RTL = "\u05de\u05ea\u05db\u05e0\u05df \u202e\u0627\u0644\u0645\u062e\u0637\u0637"


def hostile_plan() -> Plan:
    """The same plan with names that try to run, to fetch and to break the layout."""
    plan = sample_plan()
    metadata = Metadata(
        name=SCRIPT, team="{{7*7}}{% for x in y %}", owner=RTL, cost_centre="\x1b[31mred\x07|a\nb",
        labels={"long": "x" * 500, "emoji": "\U0001f680\U0001f469\u200d\U0001f4bb", "image": "![x](file:///etc/passwd)", BREAKOUT: "&lt;`*_"},
    )  # fmt: skip
    front = [c.model_copy(update={"model": BREAKOUT}) if i % 7 == 0 else c for i, c in enumerate(plan.front)]
    front = [
        c.model_copy(update={"stack": SCRIPT, "axes": {"dataset.share": RTL}}) if i % 5 == 0 else c
        for i, c in enumerate(front)
    ]
    return plan.model_copy(update={
        "metadata": metadata, "front": front, "warnings": [BREAKOUT, "w" * 500],
        "sources": [Source(what=SCRIPT, source="file:///etc/passwd", as_of="2026")],
    })  # fmt: skip


def empty_plan() -> Plan:
    """A plan in which nothing is feasible."""
    plan = sample_plan()
    return plan.model_copy(update={
        "front": [], "beside": [], "decisions": {}, "decision_notes": {}, "pairings": [], "cloud": [], "feasible": 0,
        "infeasible": {"constraints.max_cost": 12_080, "does not fit in memory": 400},
        "relaxations": [
            Relaxation(constraint="constraints.max_cost", limit=1.0, needed=1.85, unit="usd", change=0.85,
                       text="raise constraints.max_cost from $1.00 to $1.85"),
            Relaxation(constraint="constraints.deadline", limit=0.5, needed=1.2, unit="hours", change=1.4,
                       text="raise constraints.deadline from 30 min to 1.2 h"),
        ],
    })  # fmt: skip


def large_plan(points: int) -> Plan:
    """The sample with a front of that many points, for measuring."""
    plan = sample_plan()
    front = [
        c.model_copy(update={"id": _hash(i), "cost_usd": 5 * 1.002**i, "hours": 60 / 1.001**i})
        for i, c in ((i, plan.front[i % len(plan.front)]) for i in range(points))
    ]
    decisions = {"cheapest": front[0].id, "fastest": front[-1].id, "knee": front[points // 2].id}
    return plan.model_copy(update={"front": front, "decisions": decisions, "pairings": []})
