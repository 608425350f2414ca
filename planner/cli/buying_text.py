"""When to buy, as text and as JSON."""

from __future__ import annotations

import math
from typing import Any, Final

from planner.cli.price_rows import change_text, rate_text
from planner.cli.tables import table
from planner.market.options import BuyingAdvice, Option
from planner.units import chance_text, duration, usd

_SHOWN_WAITS: Final = 3
_WORDS: Final = {
    "now": "run now",
    "region": "move region",
    "provider": "move provider",
    "hour": "start at a cheaper hour",
    "wait": "wait",
}


def advice_text(advice: BuyingAdvice, form: str) -> str:
    """What to do and why, then every option as a table."""
    job = advice.job
    provider, instance, region, tier = job.key
    first = advice.advised
    head = [
        f"{job.id}: {job.machine_hours:,.1f} machine hours of {provider} {instance}, {region}, "
        f"{tier.replace('_', '-')}; {rate_text(advice.usd_per_hour)} USD/h seen {advice.seen_at:%Y-%m-%d %H:%M} UTC"
        f"{_since_plan(advice)}",
        f"Advice: {what_text(first)}. Reason: {advice.reason}.",
    ]
    rows = [_row(option, option is first) for option in _shown(advice)]
    notes = list(dict.fromkeys([*_cautions(advice), *_model(advice), *advice.notes]))
    if form == "markdown":
        return "\n\n".join([*head, table(rows, form), "\n".join(f"- {note}" for note in notes)]).rstrip()
    return "\n".join([*head, "", table(rows, form), "", *(f"  {note}" for note in notes)]).rstrip()


def what_text(option: Option) -> str:
    """An option in a few words."""
    provider, instance, region, _ = option.key
    where = {"region": f" to {region}", "provider": f" to {provider} {instance}, {region}"}.get(option.what, "")
    when = {
        "wait": f" {option.wait_hours / 24:.0f} day{'s' * (option.wait_hours != 24)}",
        "hour": f": {option.start:%a %Y-%m-%d %H:00} UTC",
    }.get(option.what, "")
    return f"{_WORDS[option.what]}{where}{when}"


def advice_data(advice: BuyingAdvice) -> dict[str, Any]:
    """The advice for JSON: every option, all days of waiting among them."""
    job, told = advice.job, advice.forecast
    return {
        "id": job.id,
        "offer": _key(job.key),
        "machine_hours": job.machine_hours,
        "hours": job.hours,
        "usd_per_hour": advice.usd_per_hour,
        "seen_at": advice.seen_at.isoformat(),
        "plan_usd_per_hour": job.usd_per_hour,
        "advice": advice.advised.what,
        "reason": advice.reason,
        "options": [_option(option) for option in advice.options],
        "forecast": None
        if told is None
        else {
            "model": told.model,
            "days": told.days,
            "mase": dict(told.mase),
            "median_usd_per_hour": told.median.tolist(),
            "low_usd_per_hour": told.low.tolist(),
            "high_usd_per_hour": told.high.tolist(),
        },
        "patterns": {
            name: {
                "p": pattern.p,
                "periods": pattern.periods,
                "significant": pattern.significant,
                "log_effect": pattern.effect.tolist(),
            }
            for name, pattern in (("hour_of_day", advice.hours_of_day), ("day_of_week", advice.days_of_week))
        },
        "notes": list(advice.notes),
    }


def _option(option: Option) -> dict[str, Any]:
    return {
        "what": option.what,
        "offer": _key(option.key),
        "start": option.start.isoformat(),
        "wait_hours": option.wait_hours,
        "usd_per_hour": option.usd_per_hour,
        "cost_usd": option.cost_usd,
        "saving_usd": option.saving_usd,
        "noise_usd": option.width_usd,
        "chance_dearer": option.chance_dearer,
        "worst_usd": option.worst_usd,
        "against": option.against,
        "caution": option.caution,
    }


def _key(key: tuple[str, str, str, str]) -> dict[str, str]:
    return dict(zip(("provider", "instance", "region", "tier"), key, strict=True))


def _shown(advice: BuyingAdvice) -> list[Option]:
    """All options, but of the days of waiting only the best few by what they save."""
    waits = sorted((o for o in advice.options if o.what == "wait"), key=lambda o: (-o.saving_usd, o.wait_hours))
    kept = {id(option) for option in waits[:_SHOWN_WAITS]}
    return [o for o in advice.options if o.what != "wait" or id(o) in kept or o is advice.advised]


def _row(option: Option, advised: bool) -> dict[str, str]:
    return {
        "": "*" if advised else "",
        "option": what_text(option),
        "USD/h": rate_text(option.usd_per_hour),
        "cost": usd(option.cost_usd),
        "saving": "" if option.what == "now" else usd(option.saving_usd),
        "noise": "" if option.what == "now" else usd(option.width_usd),
        "dearer": "" if option.chance_dearer is None else chance_text(option.chance_dearer),
        "worst (90 %)": "" if option.worst_usd is None else usd(option.worst_usd),
        "against it": _objection(option),
    }  # fmt: skip


def _objection(option: Option) -> str:
    if option.what == "now" or option.worth:
        return ""
    return option.against or ("within the noise" if option.saving_usd > -option.width_usd else "costs more")


def _since_plan(advice: BuyingAdvice) -> str:
    change = advice.usd_per_hour / advice.job.usd_per_hour - 1.0
    return "" if abs(change) < 0.0005 else f" ({change_text(change)} against the plan's of {advice.job.as_of})"


def _cautions(advice: BuyingAdvice) -> list[str]:
    first = advice.advised
    return [f"before you {what_text(first)}: {first.caution}"] if first.caution else []


def _model(advice: BuyingAdvice) -> list[str]:
    told = advice.forecast
    if told is None or not any(option.what == "wait" for option in advice.options):
        return []
    tried = ", ".join(f"{name} {score:.2f}" for name, score in told.mase.items() if not math.isnan(score))
    against = f" (MASE: {tried})" if tried else ""
    return [f"forecast by {told.model} over {told.days} days{against}; {_band(advice)}"]


def _band(advice: BuyingAdvice) -> str:
    told = advice.forecast
    assert told is not None
    last = len(told.median) - 1
    return f"in {duration(24.0 * (last + 1))} {rate_text(told.median[last])} USD/h, " + (
        "how far off is unknown: it never moved"
        if math.isnan(told.low[last])
        else f"90 % within {rate_text(told.low[last])} to {rate_text(told.high[last])}"
    )
