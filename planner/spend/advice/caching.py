"""Caching: requests whose prompt was sent before, at what they cost.

Behind an API whose provider caches prompts, repeated input is priced as read from its cache, and what is written into
it as written (DOMAIN 9.4, prompt_caching.csv). Elsewhere a cache of responses answers a repeat without the model.
"""

import datetime
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.api_models import ApiModel
from planner.catalog.apis import find_apis
from planner.spend.advice.found import Found, Touched
from planner.spend.advice.history import RECENT_DAYS, History
from planner.spend.sums import total
from planner.units import compact, share_text, usd

_QUERY: Final = f"""
SELECT model, deployment, hour, {total("requests")}, {total("repeats")}, {total("input_tokens")},
    {total("repeated_tokens")}, {total("coalesce(cached_tokens, 0.0)")}, {total("cost_usd")}
FROM usage WHERE hour >= ? AND hour < ? AND requests > 0 AND repeats IS NOT NULL
GROUP BY ALL ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class HourOfUse:
    """Requests of an hour; NaN unknown."""

    hour: datetime.datetime
    requests: float
    repeats: float
    input_tokens: float
    repeated_tokens: float
    cached_tokens: float
    cost_usd: float


def find(history: History) -> Iterator[Found]:
    """One for each model and deployment with repeats that cost something."""
    own = {name for (name,) in history.store.rows("SELECT DISTINCT deployment FROM deployments")}
    groups: dict[tuple[str, str], list[HourOfUse]] = defaultdict(list)
    for model, deployment, hour, *numbers in history.store.rows(_QUERY, history.window(RECENT_DAYS)):
        known = [math.nan if number is None else float(number) for number in numbers]
        groups[model, deployment].append(HourOfUse(hour, *known))
    for (model, deployment), hours in sorted(groups.items()):
        apis = find_apis(history.catalog, model) if model else ()
        api = apis[0] if len(apis) == 1 and (not deployment or deployment not in own) else None
        if api is not None and api.caching is not None and api.caches:
            found = _of_prompts(history, model, api, hours)
        else:
            found = _of_responses(history, model, deployment, hours)
        if found is not None:
            yield found


def prompt_cache_usd(hour: HourOfUse, api: ApiModel) -> float:
    """What the provider's prompt cache would have saved in an hour; it may be negative, and NaN is unknown.

    Repeated input that is not cached yet is read at the cached price; other input is written at the price of writing.
    An hour counts only where repeats come more often than the cache forgets, on the mean, and prompts are long enough.
    """
    rule = api.caching
    if rule is None or not hour.repeats > 0.0 or math.isnan(hour.repeated_tokens):
        return 0.0 if hour.repeats == 0.0 else math.nan
    lives = 60.0 / hour.repeats <= rule.life_minutes
    if not lives or hour.repeated_tokens / hour.repeats < rule.minimum_tokens:
        return 0.0
    read = max(hour.repeated_tokens - hour.cached_tokens, 0.0)
    written = max(hour.input_tokens - hour.repeated_tokens, 0.0) if read > 0.0 else 0.0
    dearer = api.cache_write_usd_per_mtok - api.input_usd_per_mtok
    return (read * (api.input_usd_per_mtok - api.cached_input_usd_per_mtok) - written * dearer) / 1e6


def response_cache_usd(hour: HourOfUse) -> float:
    """What repeats cost: their share of the hour's requests, at what a request costs on the mean; NaN is unknown."""
    return hour.cost_usd * min(hour.repeats / hour.requests, 1.0)


def _by_week(hours: list[HourOfUse], saved: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weeks = defaultdict[int, float](float)
    for hour, amount in zip(hours, saved, strict=True):
        weeks[hour.hour.toordinal() // 7] += 0.0 if math.isnan(amount) else amount
    return np.array([weeks[week] for week in sorted(weeks)])


def _of_prompts(history: History, model: str, api: ApiModel, hours: list[HourOfUse]) -> Found | None:
    rule = api.caching
    weekly = _by_week(hours, [prompt_cache_usd(hour, api) for hour in hours])
    if rule is None or not weekly.sum() > 0.0:
        return None
    repeated = sum(hour.repeated_tokens for hour in hours if not math.isnan(hour.repeated_tokens))
    return Found(
        kind="cache",
        about=model,
        text=f"Let {api.provider} cache the prompts of {model}.",
        savings_usd=weekly,
        first=history.day(hours[0].hour),
        end=history.end,
        steps=(
            "Put what prompts share first, and what changes last.",
            "Mark it to be cached." if rule.how == "explicit" else "Send it the same to the last sign, all the time.",
        ),
        risk=f"A prompt that comes back after more than {rule.life_minutes:g} minutes is written, and paid for, again.",
        basis=(
            f"{compact(repeated)} tokens of prompts that were sent before, in hours in which they came back within the "
            f"cache's {rule.life_minutes:g} minutes on the mean and had {rule.minimum_tokens} tokens or more: "
            f"{usd(api.cached_input_usd_per_mtok)} in place of {usd(api.input_usd_per_mtok)} a million; what is cached "
            f"already is not in it, writing at {rule.write:g} times the price is."
        ),
        touched=Touched(frozenset({f"model {model}"})),
        at_most="medium",
    )


def _of_responses(history: History, model: str, deployment: str, hours: list[HourOfUse]) -> Found | None:
    priced = [hour for hour in hours if not math.isnan(hour.cost_usd)]
    weekly = _by_week(priced, [response_cache_usd(hour) for hour in priced])
    if not weekly.sum() > 0.0:
        return None
    about = deployment or model or "requests"
    repeats, requests = sum(hour.repeats for hour in priced), sum(hour.requests for hour in priced)
    return Found(
        kind="cache",
        about=about,
        text=f"Answer prompts to {about} that were sent before from a cache of responses.",
        savings_usd=weekly,
        first=history.day(priced[0].hour),
        end=history.end,
        steps=(
            "Keep answers by the prompt's hash, the model and its settings.",
            "Begin with a short life, and with prompts that do not depend on who asks.",
        ),
        risk="An answer from a cache may be out of date, and is the same every time; keep tenants apart.",
        basis=(
            f"{compact(repeats)} of {compact(requests)} requests ({share_text(repeats / requests, 1)}) had a prompt "
            "that was sent before; each is priced at what a request of its hour cost on the mean, and any that comes "
            "again is taken to be answered from the cache."
        ),
        touched=Touched(frozenset({f"deployment {deployment}" if deployment else f"model {model}"})),
        at_most="medium",
    )
