"""Configurations of a support bot, from rough physics with fixed numbers."""

import math
from typing import Any

from planner.outcome import Configuration, CostParts, Hardware, HourParts, Memory, Offer, Work

MODELS = {
    "llama-3.1-8b": (8.03, 0.62),
    "mistral-7b-v0.3": (7.25, 0.55),
    "qwen2.5-7b": (7.62, 0.68),
    "gemma-2-9b": (9.24, 0.66),
}
"""Billions of parameters and the q that tuning starts from."""
GPUS = {
    "l4": (22.0, 54.0),
    "l40s": (44.4, 130.0),
    "a100-80gb-sxm": (79.15, 170.0),
    "h100-sxm": (79.1, 420.0),
}
"""Usable GiB, sustained TFLOP/s."""
OFFERS = [
    ("l4", 1, "runpod", "us", "on_demand", 0.43),
    ("l4", 1, "gcp", "us-central1", "spot", 0.28),
    ("l4", 2, "runpod", "us", "on_demand", 0.86),
    ("l40s", 1, "runpod", "any", "on_demand", 1.19),
    ("l40s", 2, "nebius", "eu-north1", "on_demand", 3.10),
    ("a100-80gb-sxm", 1, "lambda", "us-east-1", "on_demand", 1.79),
    ("h100-sxm", 1, "lambda", "us-west-3", "on_demand", 2.99),
    ("h100-sxm", 2, "nebius", "eu-north1", "on_demand", 5.90),
    ("h100-sxm", 4, "lambda", "us-west-3", "on_demand", 11.96),
    ("h100-sxm", 8, "lambda", "us-west-3", "on_demand", 23.92),
]


def short_hash(*parts: object) -> str:
    from hashlib import sha256

    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]


def configuration(model: str, method: str, share: float, offer: tuple[str, int, str, str, str, float]) -> Configuration:
    gpu, count, provider, region, tier, price = offer
    billions, start = MODELS[model]
    usable, tflops = GPUS[gpu]
    tokens = 400_000 * share * 420 * 3
    per_token = {"qlora": 5.2, "lora": 4.2, "full": 6.3}[method] * billions * 1e9
    train = tokens * per_token / (tflops * 1e12 * count**0.94) / 3600
    weights = billions * {"qlora": 0.62, "lora": 1.86, "full": 1.86}[method]
    optimizer = billions * 11.2 / count if method == "full" else 0.31
    gradients = billions * 1.86 / count if method == "full" else 0.08
    micro = max(1, min(16, int((usable - weights - optimizer - 4) / 3)))
    terms = {
        "weights": weights,
        "adapters": 0.0 if method == "full" else 0.16,
        "gradients": gradients,
        "optimizer": optimizer,
        "activations": 0.85 * micro,
        "logits": 0.55 * micro,
        "temporary": 0.9,
        "context": 0.6,
    }
    terms = {name: round(value, 3) for name, value in terms.items()}
    total = round(sum(terms.values()), 3)
    spot = tier == "spot"
    hours = HourParts(
        queue=0.0167,
        boot=0.05 if count < 8 else 0.17,
        image=0.0417,
        weights=round(billions * 2 / 1800, 4),
        data=round(0.12 * share, 4),
        warmup=0.025,
        train=round(train, 4),
        evaluate=round(train * 0.035, 4),
        checkpoints=0.03,
        preemption=round(train * 0.11, 4) if spot else 0.0,
        upload=0.01,
    )
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
        id=short_hash(model, method, share, offer),
        model=model,
        method=settings,
        stack="hf-trainer",
        train={
            "epochs": 3,
            "global_batch_size": 64,
            "max_seq_len": 2048,
            "micro_batch_size": micro,
            "grad_accum": max(1, 64 // (micro * count)),
            "checkpointing": "full" if gpu == "l4" else "selective",
        },
        axes={"dataset.share": share, "method.rank": settings.get("rank")},
        hardware=Hardware(
            gpu=gpu,
            count=count,
            nodes=1,
            parallelism="single" if count == 1 else "fsdp" if method == "full" else "ddp",
            memory_per_gpu_gib=usable,
        ),
        offer=Offer(
            provider=provider,
            instance=f"{count}x-{gpu}",
            region=region,
            tier="spot" if spot else "on_demand",
            price_usd_per_hour=price,
            as_of="2026-10-03",
            price_confidence="high",
            preemption_per_hour=0.08 if spot else None,
            preemption_break_even_per_hour=0.61 if spot else None,
        ),
        cost_usd=cost,
        cost_usd_lo=round(cost * 0.74, 4),
        cost_usd_hi=round(cost * 1.36, 4),
        cost_usd_label="partial: storage price assumed",
        hours=wall,
        hours_lo=round(wall * 0.77, 4),
        hours_hi=round(wall * 1.3, 4),
        hours_label="estimate, not calibrated",
        quality=quality,
        quality_lo=round(quality - 0.17, 4),
        quality_hi=round(min(1.0, quality + 0.16), 4),
        quality_label="prior: ranking only",
        carbon_kg=carbon,
        carbon_kg_lo=round(carbon * 0.66, 3),
        carbon_kg_hi=round(carbon * 1.5, 3),
        carbon_kg_label="estimate",
        memory_gib=Memory(
            total=total,
            total_lo=round(total * 0.88, 3),
            total_hi=round(total * 1.14, 3),
            label="estimate, not calibrated",
            metric="allocated by PyTorch, plus the CUDA context",
            phase="backward",
            usable=usable,
            **terms,
        ),
        cost_parts=parts,
        hour_parts=hours,
        work=Work(
            steps=steps,
            tokens=round(tokens / 0.96),
            useful_tokens=tokens,
            tokens_per_micro_batch=2048 * micro,
            flops_per_token=per_token,
            step_s=round(train * 3600 / steps, 4),
            tokens_per_s_per_gpu=round(tokens_per_second, 1),
            hfu=0.47,
            mfu=0.36,
            step_parts_s={
                "matmul": 2.31,
                "attention": 0.32,
                "launch": 0.0,
                "dequantise": 0.2,
                "communication": 0.04,
                "optimizer": 0.01,
            },
        ),
        quality_parts={
            "base": 0.49,
            "gain": round(gain, 4),
            "method": offset,
            "capacity": 0.0,
            "overfit": 0.0,
            "points": 66.7,
        },
    )
