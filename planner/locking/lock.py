"""A lock file: what a plan rested on, and the figures it gave, committed beside its scenario."""

import functools
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from string import digits
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field, StringConstraints

from planner.catalog.quoted import TuningPrice
from planner.errors import InputError
from planner.locking.apis import LockedApi, read_apis
from planner.locking.services import read_services
from planner.locking.table import LineError, Priced, read_table
from planner.outcome import FIGURES_OF, AnyPlan, Choice, ManagedJob, Plan
from planner.resources import SCHEMAS
from planner.scenario.blocks import Block, Name, Slug
from planner.source import MAX_BYTES, Document, InvalidInput, Problem, Span, parse_document, schema_problems
from planner.source.excerpt import visible
from planner.units import earliest_day

ENDING: Final = ".lock.yaml"
KIND: Final = "Lock"
_HEAD: Final = """\
# Made by `planner lock {name}`; commit it beside the scenario. It is compared with the catalog it names, so a price
# that is changed here by hand is found. Renew it with `planner lock {name} --refresh`.
"""
_TABLES: Final = ("offers", "services", "apis")
"""Keys whose values are tables, in the order of the file."""
LONGEST: Final = 200
"""Characters of a name."""
_RENEW: Final = "renew it with `planner lock --refresh`"
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Dumper(yaml.SafeDumper):
    """Quotes what could be read as a number: an id such as 3423154174e9 is one by YAML 1.2, and not by 1.1."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "'" if text.startswith(("+", "-", ".", *digits)) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


class LockedScenario(Block):
    """The scenario as it was when it was locked."""

    name: Slug
    digest: Sha256
    """Of what it says, put together; comments and layout are no part of it."""
    inputs: Sha256
    """Of the same and every further file it rests on: data, overlays."""


class LockedCatalog(Block):
    """The snapshot that prices were taken from."""

    as_of: Day
    digest: Sha256


class Headline(Block):
    """One decision of the plan, as figures; a figure that is not there is unknown."""

    id: Name
    choice: Name
    """Model, method and machine, in words."""
    offer: Name
    """Provider, region and tier."""
    usd_per_hour: Number | None = None
    cost_usd: Number | None = None
    cost_usd_lo: Number | None = None
    cost_usd_hi: Number | None = None
    cost_usd_at_least: Literal[True] | None = None
    """Whether the cost is a lower bound, since a service does not state all its fees; left out where it is not."""
    hours: Number | None = None
    hours_lo: Number | None = None
    hours_hi: Number | None = None
    quality: Number | None = None
    quality_lo: Number | None = None
    quality_hi: Number | None = None
    carbon_kg: Number | None = None
    carbon_kg_lo: Number | None = None
    carbon_kg_hi: Number | None = None
    cost_usd_per_month: Number | None = None
    cost_usd_per_month_lo: Number | None = None
    cost_usd_per_month_hi: Number | None = None
    latency_s: Number | None = None
    latency_s_lo: Number | None = None
    latency_s_hi: Number | None = None
    carbon_kg_per_month: Number | None = None
    carbon_kg_per_month_lo: Number | None = None
    carbon_kg_per_month_hi: Number | None = None


class Lock(Block):
    """What `planner lock` writes."""

    api_version: Literal["planner/v1"]
    kind: Literal["Lock"]
    scenario: LockedScenario
    catalog: LockedCatalog
    planner: Name
    """Version that made the figures."""
    seed: int | None = None
    """Of the search over continuous axes; left out where the search was exact."""
    decisions: dict[Name, Headline] = Field(max_length=20)
    """knee, cheapest, fastest, best, greenest; empty where nothing was feasible."""
    service: Headline | None = None
    """The cheapest managed fine-tuning service; left out where none is feasible."""
    offers: str
    """Every offer that the scenario could choose from, as CSV; those of a fine-tuning scenario that it names are in a
    lock of their own."""
    services: str | None = None
    """Every price of a managed service that it could choose from, as CSV. Left out where the scenario asks for none,
    and in locks of before; then the catalog's own count."""
    apis: str | None = None
    """Every model behind an API that it could choose from, as CSV; left out where the scenario is no Serving."""


@dataclass(frozen=True, slots=True)
class ReadLock:
    """A lock that was read, and its offers."""

    lock: Lock
    offers: tuple[Priced, ...]
    document: Document
    services: tuple[TuningPrice, ...] | None = None
    """Prices of managed services; None where the lock says nothing of them."""
    apis: tuple[LockedApi, ...] | None = None
    """Models behind an API; None where the lock says nothing of them."""

    @property
    def file(self) -> str:
        """Its name as the user knows it."""
        return self.document.file

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes."""
        return self.document.digest


def lock_path(scenario: Path) -> Path:
    """Where the lock of a scenario lies: support-bot.yaml → support-bot.lock.yaml."""
    return scenario.parent / lock_name(scenario.name)


def lock_name(scenario: str) -> str:
    """The same for a name or a path with forward slashes."""
    stem = scenario.removesuffix(".yaml").removesuffix(".yml")
    return f"{stem}{ENDING}"


def is_lock(path: str) -> bool:
    """Whether a file is called as locks are."""
    return path.endswith((ENDING, ".lock.yml"))


def read_lock(path: Path, shown: str | None = None) -> ReadLock:
    """The lock in a file; raises InvalidInput with every problem."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"{shown or path}: cannot be read: {error.strerror or error}"
        raise InputError(message) from error
    return parse_lock(data, str(path) if shown is None else shown)


def parse_lock(data: bytes, shown: str) -> ReadLock:
    """The lock in a file's bytes; raises InvalidInput with every problem."""
    document = parse_document(data, shown)
    if not isinstance(document.data, dict) or document.data.get("kind") != KIND:
        raise InvalidInput(
            [document.problem("kind", "is no lock", (), hint="make it with `planner lock SCENARIO`")], document.texts
        )
    problems = schema_problems(document, lock_schema())
    if problems:
        raise InvalidInput(problems, document.texts)
    try:
        lock = Lock.model_validate(document.data)
        earliest_day(lock.catalog.as_of)
    except ValueError:
        # What JSON Schema cannot say: that there is such a day, that a number is finite.
        message = "holds a date that is none, or a number that is not finite"
        raise InvalidInput([document.problem("lock", message, (), hint=_RENEW)], document.texts) from None
    problems = []
    offers: list[Priced] = []
    services: list[TuningPrice] = []
    apis: list[LockedApi] = []
    try:
        offers = read_table(lock.offers)
    except LineError as error:
        problems.append(_at_line(document, "offers", error))
    try:
        services = [] if lock.services is None else read_services(lock.services)
    except LineError as error:
        problems.append(_at_line(document, "services", error))
    try:
        apis = [] if lock.apis is None else read_apis(lock.apis)
    except LineError as error:
        problems.append(_at_line(document, "apis", error))
    if problems:
        raise InvalidInput(problems, document.texts)
    return ReadLock(
        lock, tuple(offers), document, None if lock.services is None else tuple(services),
        None if lock.apis is None else tuple(apis),
    )  # fmt: skip


@functools.cache
def lock_schema() -> dict[str, Any]:
    """The committed JSON Schema of the file."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{KIND}.schema.json").read_text("utf-8"))
    return schema


def lock_text(name: str, lock: Lock) -> str:
    """The file's text; `name` is the scenario's file, for the first lines."""
    data = lock.model_dump(exclude_none=True, exclude=set(_TABLES))
    head = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    tables = [(name, table) for name in _TABLES if (table := getattr(lock, name)) is not None]
    return f"{_HEAD.format(name=shlex.quote(visible(name)))}{head}" + "".join(_block(*one) for one in tables)


def _block(key: str, table: str) -> str:
    lines = "".join(f"  {line}\n" for line in table.removesuffix("\n").split("\n"))
    return f"{key}: |\n{lines}"


def headlines(plan: AnyPlan) -> dict[str, Headline]:
    """The decisions of a plan as a lock holds them."""
    return {name: _headline(c) for name, id_ in plan.decisions.items() if (c := plan.configuration(id_)) is not None}


def service_headline(plan: AnyPlan) -> Headline | None:
    """The cheapest managed service of a plan as a lock holds it; None where there is none."""
    job = plan.cheapest_service if isinstance(plan, Plan) else None
    return None if job is None else _headline(job)


def _headline(c: Choice) -> Headline:
    from planner.outcome.difference_words import offer_words

    figures = {
        f"{figure}{end}": value
        for figure in dict.fromkeys(name for names in FIGURES_OF.values() for name in names)
        for end in ("", "_lo", "_hi")
        if (value := getattr(c, f"{figure}{end}", None)) is not None
    }
    offer = None if isinstance(c, ManagedJob) else c.offer
    if offer is None:
        least = True if isinstance(c, ManagedJob) and c.cost_usd_at_least else None
        return Headline(id=c.id, choice=_told(c), offer=offer_words(c)[:LONGEST], cost_usd_at_least=least, **figures)
    return Headline(
        id=c.id,
        choice=_told(c),
        offer=f"{offer.seller} {offer.region} {offer.tier}",
        usd_per_hour=offer.price_usd_per_hour,
        **figures,
    )


def _told(c: Choice) -> str:
    from planner.outcome.difference_words import choice_text

    return choice_text(c)[:LONGEST]


def _at_line(document: Document, name: str, error: LineError) -> Problem:
    """The problem at its line of a table; a block of text begins one line below its key."""
    key, value = document.span((name,), key=True), document.span((name,))
    line = key.line + error.line
    # In a text that is written another way lines of the table are no lines of the file.
    block = document.text.split("\n")[value.line - 1][value.column - 1 :].startswith("|")
    span = Span(line, 3, line, 4) if block else value
    return Problem("lock", str(error), document.file, span, name, _RENEW)
