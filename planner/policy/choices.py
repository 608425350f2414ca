"""Rules on what was chosen and on what its estimates rest: lists of what is allowed, and least labels."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from planner.catalog.managed_tuning import SERVICE
from planner.outcome import Choice, Configuration, ManagedJob, Offer, ScenarioDifference
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_words import provider_of
from planner.policy.causes import cause_of
from planner.policy.documents import Policy
from planner.policy.finding import Finding, judged, listed, plain
from planner.policy.governance import Written
from planner.policy.rule_blocks import Rule
from planner.policy.scope import matches, wild
from planner.policy.serving_figures import LIMIT_JOBS

LABELS: Final = ("prior", "extrapolated", "calibrated")
PRICES: Final = ("low", "medium", "high")
VM: Final = "vm"
"""What a plain machine is called where services are named."""
API: Final = "api"
"""The same of a model behind an API."""


def _regions(offer: Offer) -> list[str]:
    """A region by itself and behind its provider; `any` says that nobody knows which."""
    region = offer.region
    return [] if region in ("", "any") else [region, f"{offer.provider}/{region}"]


def _method(job: ManagedJob) -> str:
    """The method of a managed service; empty, so unknown, where it does not say how it trains."""
    name = str(job.method.get("name", ""))
    return "" if name == "undisclosed" else name


@dataclass(frozen=True, slots=True)
class _Choice:
    """One list of a rule: what is looked at, and where a scenario decides it."""

    word: str
    names: Callable[[ScenarioDifference], list[str]]
    """Names that it goes by; an empty one is unknown."""
    key: str
    """Key of the scenario that lists what may be chosen."""
    topic: str


def _of(
    names: Callable[[Configuration], list[str]],
    of_service: Callable[[ManagedJob], str] | None = None,
    of_served: Callable[[ServingConfiguration], str] | None = None,
) -> Callable[[ScenarioDifference], list[str]]:
    """What is looked at in the configuration that was chosen.

    Of a managed service, and of what is served, only what `of_service` and `of_served` tell.
    """

    def read(scenario: ScenarioDifference) -> list[str]:
        chosen = scenario.after.chosen if scenario.after else None
        if isinstance(chosen, ManagedJob):
            return [] if of_service is None else [of_service(chosen)]
        if isinstance(chosen, ServingConfiguration):
            return [] if of_served is None else [of_served(chosen)]
        return [] if chosen is None else names(chosen)

    return read


def _of_offer(names: Callable[[Offer], list[str]]) -> Callable[[ScenarioDifference], list[str]]:
    """What is looked at in the offer of a machine; nobody knows it of a managed service or an API."""

    def read(scenario: ScenarioDifference) -> list[str]:
        chosen = scenario.after.chosen if scenario.after else None
        offer = None if chosen is None or isinstance(chosen, ManagedJob) else chosen.offer
        return [] if offer is None else names(offer)

    return read


def _served_service(chosen: ServingConfiguration) -> str:
    """How it is rented; an API of models is a service of its own."""
    return API if chosen.offer is None else chosen.offer.service or VM


def _whose(key: str) -> Callable[[ScenarioDifference], list[str]]:
    """What is looked at in the metadata."""
    return lambda scenario: [getattr(scenario.metadata, key, None) or ""]


_METADATA: Final = "metadata"
_CHOSEN: Final[Mapping[str, _Choice]] = {
    "providers": _Choice(
        "provider",
        _of(lambda c: [c.offer.provider], lambda job: job.provider, provider_of),
        "hardware.providers",
        "hardware",
    ),
    "regions": _Choice("region", _of_offer(_regions), "hardware.regions", "hardware"),
    "countries": _Choice("country", _of_offer(lambda o: [o.country]), "hardware.residency", "hardware"),
    "tiers": _Choice("tier", _of_offer(lambda o: [o.tier]), "hardware.tiers", "hardware"),
    "services": _Choice(
        "service",
        _of(lambda c: [c.offer.service or VM], lambda _: SERVICE, _served_service),
        "hardware.services",
        "hardware",
    ),
    "gpus": _Choice(
        "GPU",
        _of(lambda c: [c.hardware.gpu], None, lambda c: "" if c.machine is None else c.machine.gpu),
        "hardware.gpus",
        "hardware",
    ),
    "models": _Choice("model", _of(lambda c: [c.model], lambda job: job.model, lambda c: c.model), "models", "models"),
    "methods": _Choice("method", _of(lambda c: [str(c.method.get("name", ""))], _method), "methods", "methods"),
    "stacks": _Choice("stack", _of(lambda c: [c.stack]), "stacks", "stacks"),
    "teams": _Choice("team", _whose("team"), "metadata.team", _METADATA),
    "cost_centres": _Choice("cost centre", _whose("cost_centre"), "metadata.cost_centre", _METADATA),
}


def judge_allow(policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference) -> Iterator[Finding]:
    """One finding for every list that the choice is not on; one that passes where it is on all of them.

    What chooses nothing is held against its metadata only.
    """
    chooses = scenario.after is not None and scenario.after.chosen is not None
    asked = {
        key: patterns
        for key, choice in _CHOSEN.items()
        if (patterns := getattr(rule.allow, key, None)) is not None and (chooses or choice.topic == _METADATA)
    }
    names = {key: [name for name in _CHOSEN[key].names(scenario) if name] for key in asked}
    shown = {key: plain(names[key][0]) if names[key] else "unknown" for key in asked}
    refused = [key for key in asked if not any(matches(name, asked[key]) for name in names[key])]
    for key in refused:
        choice, allowed = _CHOSEN[key], listed(asked[key])
        message = f"{choice.word[0].upper() + choice.word[1:]} {shown[key]} is not allowed, only {allowed}"
        if not names[key]:
            of = "The {} is unknown" if not _is_served(scenario) else "What is served has no {} that is known"
            message = f"{of.format(choice.word)}, and only {allowed} is allowed"
        fix = LIMIT_JOBS if _is_served(scenario) and not names[key] else _fix(choice.key, asked[key])
        yield judged(
            policy, rule.name, rule.severity, rule.severity, scenario, message,
            policy.place("rules", index, "allow", key), figure=choice.word, texts=(shown[key], allowed),
            fix=fix, cause=cause_of(scenario, choice.topic),
        )  # fmt: skip
    if asked and not refused:
        told = ", ".join(f"{_CHOSEN[key].word} {shown[key]}" for key in asked)
        yield judged(
            policy, rule.name, rule.severity, "pass", scenario, f"Allowed: {told}",
            policy.place("rules", index, "allow"),
        )  # fmt: skip


def _is_served(scenario: ScenarioDifference) -> bool:
    """Whether the choice serves a model, and so has names of its own."""
    return scenario.after is not None and scenario.after.serving is not None


def judge_confidence(
    policy: Written[Policy], index: int, rule: Rule, scenario: ScenarioDifference
) -> Iterator[Finding]:
    """One finding for every figure whose label a rule asks for."""
    chosen = scenario.after.chosen if scenario.after else None
    if chosen is None or rule.confidence is None:
        return
    for figure, written in _labels(chosen).items():
        least: str | None = getattr(rule.confidence, figure)
        if least is None:
            continue
        scale = PRICES if figure == "price" else LABELS
        word = confidence_of(chosen, figure)
        broken = word not in scale or scale.index(word) < scale.index(least)
        called = "Confidence in the price" if figure == "price" else f"Confidence in {figure}"
        why = f" ({plain(written)})" if written and written != word else ""
        message = f"{called} is {word or 'unknown'}{why}, and at least {least} is asked for"
        if not broken:
            message = f"{called} is {word}, at least {least} is asked for"
        fix = "calibrate with runs of your own (planner calibrate), or choose what was measured"
        if figure == "price":
            fix = "choose an offer whose price is better known, or bring your own price"
        elif isinstance(chosen, ManagedJob) and figure != "quality":
            fix = "let a machine be chosen (hardware.providers): no managed service tells it"
        yield judged(
            policy, rule.name, rule.severity, rule.severity if broken else "pass", scenario, message,
            policy.place("rules", index, "confidence", figure), figure=f"{called[0].lower()}{called[1:]}",
            texts=(word or "unknown", least), fix=fix, cause=cause_of(scenario, "stacks"),
        )  # fmt: skip


def confidence_of(chosen: Choice, figure: str) -> str:
    """What an estimate rests on in one word: prior, extrapolated or calibrated; empty where nobody says.

    Cost and emissions rest on the speed behind them, and are at most extrapolated where a part of them is a default.
    Nobody says it of a managed service, but of its price and its quality.
    """
    label = _labels(chosen)[figure]
    if figure == "price":
        return label if label in PRICES else ""
    own = _word(label)
    if figure not in ("cost_usd", "carbon_kg") or own or not isinstance(chosen, Configuration):
        return own
    speed = _word(chosen.hours_label)
    return LABELS[1] if label.startswith("partial") and speed == LABELS[2] else speed


def _labels(chosen: Choice) -> dict[str, str]:
    if isinstance(chosen, ServingConfiguration):
        return {
            "cost_usd": chosen.cost_usd_per_month_label,
            "hours": "",
            "quality": chosen.quality_label,
            "carbon_kg": chosen.carbon_kg_per_month_label,
            "memory_gib": "",
            "price": "" if chosen.offer is None else chosen.offer.price_confidence,
        }
    if isinstance(chosen, ManagedJob):
        return {
            "cost_usd": chosen.cost_usd_label,
            "hours": chosen.hours_label,
            "quality": chosen.quality_label,
            "carbon_kg": "",
            "memory_gib": "",
            "price": chosen.confidence,
        }
    return {
        "cost_usd": chosen.cost_usd_label,
        "hours": chosen.hours_label,
        "quality": chosen.quality_label,
        "carbon_kg": chosen.carbon_kg_label,
        "memory_gib": chosen.memory_gib.label,
        "price": chosen.offer.price_confidence,
    }


def _word(label: str) -> str:
    """The word that a label starts with: `speed calibrated with 3 runs of yours`, `prior: ranking only`."""
    first = re.split(r"[^a-z]+", label.removeprefix("speed "), maxsplit=1)[0]
    return first if first in LABELS else ""


def _fix(key: str, patterns: list[str]) -> str:
    """What to write in the scenario, where names can be written as they are."""
    exact = [pattern for pattern in patterns if not wild(pattern) and "/" not in pattern]
    if len(exact) < len(patterns) or len(exact) > 8:
        return f"name what is allowed under {key}"
    if key.startswith(_METADATA):
        return f"write one of them as {key}"
    return f"write {key}: [{', '.join(map(plain, exact))}]"
