"""Making a lock: today's prices of everything a scenario may choose from, and the figures they give."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.gate.inputs import inputs_of
from planner.gate.plans import Setting
from planner.locking.apis import locked_apis, write_apis
from planner.locking.choosing import CATALOG, locked_offers
from planner.locking.lock import (
    Lock,
    LockedCatalog,
    LockedScenario,
    headlines,
    lock_path,
    lock_text,
    read_lock,
    service_headline,
)
from planner.locking.services import locked_services, write_services
from planner.locking.table import write_table
from planner.outcome import AnyPlan
from planner.planning import AnyReady, Ready, ServingReady, plan_ready, read_any
from planner.revision.closure import closure
from planner.revision.reading import folder_of
from planner.scenario.compose import meaning
from planner.space.overlay.laying import Overlays
from planner.space.serving.playing import apis_of
from planner.space.tuning_market import asked_providers
from planner.version import __version__


@dataclass(frozen=True, slots=True)
class Made:
    """A lock that is to be written."""

    path: Path
    text: str
    plan: AnyPlan
    state: str
    """`new`, `renewed` or `same`."""
    overlays: Overlays | None = None
    """Those that the scenario names."""
    trained: str = ""
    """The fine-tuning scenario whose choice is served; its prices are in a lock of its own."""


def make_lock(scenario: Path, setting: Setting, *, refresh: bool) -> Made:
    """The lock of a scenario at today's prices; raises InputError where that would renew prices unasked."""
    path = lock_path(scenario)
    old = path.read_bytes() if path.is_file() else None
    catalog = setting.catalog
    if old is not None and not refresh:
        held = read_lock(path).lock.catalog
        if held.digest != catalog.digest:
            today = (
                f"of {catalog.as_of}" if catalog.as_of != held.as_of else f"({catalog.digest[:12]}) of the same date"
            )
            message = (
                f"{path} holds prices of the catalog of {held.as_of}; this planner has another {today}: "
                "add --refresh to take its prices"
            )
            raise InputError(message)
    ready = read_any(scenario, catalog, price_max_age_months=setting.price_max_age_months, prices=CATALOG)
    plan = plan_ready(ready)
    tree, inside = folder_of(scenario)
    lock = lock_of(ready, plan, inputs_of(ready, closure(tree, inside), tree.root), catalog)
    text = lock_text(scenario.name, lock)
    state = "new" if old is None else "same" if old == text.encode() else "renewed"
    trained = ready.trained if isinstance(ready, ServingReady) else None
    return Made(path, text, plan, state, ready.overlays, trained.path if trained is not None else "")


def lock_of(ready: AnyReady, plan: AnyPlan, inputs: str, catalog: Catalog) -> Lock:
    """The lock of a scenario that was read and planned with a catalog's own prices."""
    return Lock(
        api_version="planner/v1",
        kind="Lock",
        scenario=LockedScenario(name=ready.scenario.metadata.name, digest=meaning(ready.document), inputs=inputs),
        catalog=LockedCatalog(as_of=catalog.as_of, digest=catalog.digest),
        planner=__version__,
        seed=plan.search.seed,
        decisions=headlines(plan),
        service=service_headline(plan),
        offers=write_table(locked_offers(ready.space.market.offers, catalog, shares=_shares(ready))),
        # Whether any is in play or not: what a service asks later was not there to choose.
        services=write_services(locked_services(ready.space.tuning.prices, catalog))
        if isinstance(ready, Ready) and asked_providers(ready.scenario.hardware, catalog)
        else None,
        apis=None if isinstance(ready, Ready) else write_apis(locked_apis(apis_of(ready.space), catalog)),
    )


def _shares(ready: AnyReady) -> bool:
    """Whether work may be shared with spot machines that are no candidates themselves."""
    return ready.space.recipes.shares_runs if isinstance(ready, Ready) else ready.scenario.replicas.spot_share > 0


def contents(locks: Sequence[Made]) -> dict[Path, bytes]:
    """Path → bytes of locks that are to be written together; raises InputError where two claim one file."""
    texts: dict[Path, str] = {}
    for one in locks:
        if texts.setdefault(one.path.resolve(), one.text) != one.text:
            message = f"{one.path} would be the lock of two scenarios: give one of them another name"
            raise InputError(message)
    return {one.path: one.text.encode() for one in locks if one.state != "same"}
