"""A decision on two sides told in one sentence, and what makes a decision the same decision."""

import math
from typing import Any

from planner.outcome.configuration import Configuration, Offer
from planner.outcome.difference import Choice, Side
from planner.outcome.managed import ManagedJob
from planner.outcome.method_words import method_name, rank_words
from planner.outcome.service_words import service_text
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_words import place_words, serving_key, serving_text


def choice_key(configuration: Choice) -> tuple[str, str, str, int, int]:
    """What makes a decision the same decision: model, method, GPU, GPUs in a node, nodes; or model, method, service."""
    if isinstance(configuration, ServingConfiguration):
        return serving_key(configuration)
    if isinstance(configuration, ManagedJob):
        return configuration.model, _name(configuration.method), f"service {configuration.provider}", 0, 0
    machine = configuration.hardware
    return configuration.model, _name(configuration.method), machine.gpu, machine.count, machine.nodes


def choice_text(configuration: Choice) -> str:
    """The choice in a few words: `LoRA r16 qwen3-8b on 2x l40s`, `full qwen3-8b on 2 nodes of 8x h100-sxm`."""
    if isinstance(configuration, ServingConfiguration):
        return serving_text(configuration)
    if isinstance(configuration, ManagedJob):
        return service_text(configuration)
    machine = configuration.hardware
    nodes = f"{machine.nodes} nodes of " if machine.nodes > 1 else ""
    method = f"{method_name(_name(configuration.method))} {rank_words(configuration.method)}".rstrip()
    return f"{method} {configuration.model} on {nodes}{machine.count}x {machine.gpu}"


def decision_sentence(before: Side | None, after: Side | None) -> str:
    """What became of a decision, in one sentence without a full stop; names in it are as people wrote them."""
    was, now = _choice(before), _choice(after)
    if after is None:
        return f"removed; it was {was}" if was else "removed"
    if after.problems:
        more = f" (and {len(after.problems) - 1} more)" if len(after.problems) > 1 else ""
        again = " any more" if before is not None and not before.problems else ""
        return f"cannot be planned{again}: {after.problems[0]}{more}"
    if not now:
        return _nothing(before, was)
    if before is None or not was:
        first = "new" if before is None else "can be planned now" if before.problems else "feasible now"
        return f"{first}: {now}{_margin(None, after)}"
    if not is_same(before, after):
        return f"flips from {was} to {now}{_margin(before, after)}"
    return f"still {now}{_aside(before, after)}{_margin(before, after)}"


def _nothing(before: Side | None, was: str) -> str:
    if before is None:
        return "new, but nothing is feasible"
    return f"nothing is feasible any more: {was} was chosen before" if was else "still nothing is feasible"


def offer_words(configuration: Choice) -> str:
    """Where a machine is rented and how: `lambda us-west-3, on demand`; what a service offers, as it prints it."""
    if isinstance(configuration, ServingConfiguration):
        return place_words(configuration)
    if isinstance(configuration, ManagedJob):
        return f"{configuration.provider} {configuration.offered}"
    offer = configuration.offer
    region = "" if offer.region in ("any", "") else f" {offer.region}"
    return f"{offer.seller}{region}, {offer.tier.replace('_', ' ')}"


def moves(before: Side | None, after: Side | None) -> list[str]:
    """What else is another where the decision is the same, a word or two for each; empty where nothing is."""
    if before is None or after is None or not is_same(before, after):
        return []
    was, now = before.chosen, after.chosen
    if isinstance(was, ServingConfiguration) and isinstance(now, ServingConfiguration):
        return [] if was.offer is None or now.offer is None else _offer_moves(was.offer, now.offer)
    if not isinstance(was, Configuration) or not isinstance(now, Configuration):
        return []
    return [*_offer_moves(was.offer, now.offer), *(["other stack"] if was.stack != now.stack else [])]


def _offer_moves(was: Offer, now: Offer) -> list[str]:
    told = []
    if was.seller != now.seller:
        told.append("other provider")
    elif was.region != now.region:
        told.append("other region")
    if was.tier != now.tier:
        told.append(f"now {now.tier.replace('_', ' ')}")
    return told


def is_same(before: Side, after: Side) -> bool:
    """Whether both sides choose the same model, method and machine or service; not, where one chooses nothing."""
    if before.chosen is None or after.chosen is None:
        return False
    return choice_key(before.chosen) == choice_key(after.chosen)


def percent(share: float | None) -> str:
    """A share for people: `9 %`, `0.4 %`, `unknown`."""
    if share is None or math.isnan(share):
        return "unknown"
    value = share * 100
    if value == 0 or abs(value) >= 1:
        return f"{value:,.0f} %"
    return f"{value:.1f} %" if abs(value) >= 0.05 else f"{'-' if value < 0 else ''}under 0.1 %"


def _choice(side: Side | None) -> str:
    """What a side chose, in words; empty where it chose nothing."""
    if side is None or side.chosen is None:
        return ""
    return side.choice or choice_text(side.chosen)


def _aside(before: Side, after: Side) -> str:
    """What else of the choice is another: ` (r16 before), but from lambda, on demand (gcp us-east1, spot before)`."""
    was, now = before.chosen, after.chosen
    if was is None or now is None:
        return ""
    old, new = ("" if isinstance(each, ServingConfiguration) else rank_words(each.method) for each in (was, now))
    rank = f" ({old or 'no rank'} before)" if old != new else ""
    other = []
    if offer_words(was) != offer_words(now):
        other.append(f"from {offer_words(now)} ({offer_words(was)} before)")
    if isinstance(was, Configuration) and isinstance(now, Configuration) and was.stack != now.stack:
        other.append(f"with {now.stack} ({was.stack} before)")
    return f"{rank}, but {' and '.join(other)}" if other else rank


def _margin(before: Side | None, after: Side) -> str:
    """How safe the choice is, and was: `; margin 9 % → 2 % (trade-off) over QLoRA qwen3-8b on 1x h100-sxm`."""
    was = before.margin if before else None
    if after.margin is None and was is None:
        return ""
    over = f" over {after.rival}" if after.rival else ""
    of = f" ({after.margin_of})" if after.margin_of else ""
    now = percent(after.margin) if after.margin is not None else "none (no other choice left)"
    if before is None or was is None:
        return f"; margin {now}{of}{over}"
    if after.margin is not None and percent(was) == now and before.margin_of == after.margin_of:
        return f"; margin still {now}{of}{over}"
    was_of = f" ({before.margin_of})" if before.margin_of and before.margin_of != after.margin_of else ""
    return f"; margin {percent(was)}{was_of} → {now}{of}{over}"


def _name(method: dict[str, Any]) -> str:
    return str(method.get("name", "unknown method"))
