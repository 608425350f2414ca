"""Requests by tenant, samples of GPUs and deployments."""

import datetime

import numpy as np

from tools.spend_year.world import API_USD, DAYS, END, FIRST, MODELS, PLANTED, TENANTS, Model, growth, leaks

_WEIGHTS = dict(zip(TENANTS, (0.34, 0.16, 0.14, 0.2, 0.16), strict=True))
_HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 7, 11, 14, 15, 15, 14, 14, 15, 14, 13, 11, 8, 6, 5, 4, 3, 2], np.float64)
_REPEATS = {"support": 0.17, "product": 0.22}
"""Share of a team's requests whose prompt was sent before: macros of support, texts of the product translated again."""
HOURLY_DAYS = 21
"""Days before the end that are logged by the hour; what is older, by the day."""
SAMPLED_DAYS = 28


def asked(rng: np.random.Generator) -> dict[tuple[str, str, datetime.date], float]:
    """Requests by model, tenant and day."""
    found = {}
    for model in MODELS:
        if not model.requests_per_day:
            continue
        for place in range(DAYS):
            day = FIRST + datetime.timedelta(days=place)
            looped = 7.0 if model.name == "reply-draft" and day == PLANTED["support"][0] else 1.0
            for tenant, weight in _WEIGHTS.items():
                mean = model.requests_per_day * weight * growth(model, day) * leaks(tenant, model, day) * looped
                found[model.name, tenant, day] = float(round(mean * rng.lognormal(0.0, 0.05)))
    return found


def request_rows(requests: dict[tuple[str, str, datetime.date], float], rng: np.random.Generator) -> list[list[str]]:
    """Rows summed up by day or hour, with a header."""
    header = ["timestamp", "model", "team", "tenant", "deployment", "requests", "failed", "input_tokens",
              "output_tokens", "cached_tokens", "repeats", "latency_ms", "cost_usd"]  # fmt: skip
    rows = [header]
    shares = _HOURS / _HOURS.sum()
    models = {model.name: model for model in MODELS}
    for (name, tenant, day), count in requests.items():
        hourly = (END - day).days <= HOURLY_DAYS
        parts = np.round(count * shares) if hourly else np.array([count])
        for hour, part in enumerate(parts):
            if part > 0:
                at = datetime.datetime.combine(day, datetime.time(hour if hourly else 0))
                rows.append(_row(models[name], tenant, at, float(part), rng))
    return rows


def _row(model: Model, tenant: str, at: datetime.datetime, count: float, rng: np.random.Generator) -> list[str]:
    into, out = (round(count * mean * float(rng.lognormal(0.0, 0.02))) for mean in model.tokens)
    cached = round(into * 0.22) if model.api else 0
    usd = ""
    if model.api:
        price_in, price_out, price_cached = API_USD[model.api]
        usd = f"{((into - cached) * price_in + cached * price_cached + out * price_out) / 1e6:.6f}"
    failed, repeats = round(count * 0.006), round(count * _REPEATS.get(model.team, 0.04))
    latency = 620 + out / count * 9
    return [f"{at.isoformat()}Z", model.name, model.team, tenant, f"{model.name}-prod", f"{count:.0f}", str(failed),
            str(into), str(out), str(cached), str(repeats), f"{latency:.0f}", usd]  # fmt: skip


def sample_rows(rng: np.random.Generator) -> list[list[str]]:
    """Samples of the serving nodes' GPUs, every hour of the last four weeks, with a header."""
    rows = [["timestamp", "host", "gpu", "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_SM_ACTIVE", "DCGM_FI_DEV_FB_USED",
             "DCGM_FI_DEV_FB_FREE", "modelName"]]  # fmt: skip
    for model in MODELS:
        if model.serves_on is None:
            continue
        size = 46068 if "L40S" in model.serves_on.card else 23034
        used = round(size * (0.82 if "8b" in model.base or "70b" in model.base else 0.35))
        for node in range(model.nodes):
            for hour in range(SAMPLED_DAYS * 24):
                at = datetime.datetime.combine(END, datetime.time()) - datetime.timedelta(
                    hours=SAMPLED_DAYS * 24 - hour
                )
                load = _HOURS[at.hour] / _HOURS.max() * (0.55 if at.weekday() >= 5 else 1.0)
                busy = float(np.clip(72 * load * rng.lognormal(0.0, 0.08), 0, 100))
                rows.append([f"{at.isoformat()}Z", f"{model.name}-{node}", "0", f"{busy:.0f}", f"{busy / 160:.3f}",
                             str(used), str(size - used), model.serves_on.card])  # fmt: skip
    return rows


def deployment_rows() -> list[list[str]]:
    """The deployments, with a header."""
    since = f"{FIRST.isoformat()}T00:00:00Z"
    return [
        ["deployment", "model", "team", "gpu", "gpu_count", "replicas", "start", "end"],
        *(
            [f"{one.name}-prod", one.name, one.team, one.serves_on.card, str(one.serves_on.gpus), str(one.nodes),
             since, ""]
            for one in MODELS
            if one.serves_on is not None
        ),
    ]  # fmt: skip
