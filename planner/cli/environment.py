"""Settings from the environment, read once at the edge; nothing below the command line looks at it."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from planner.errors import MEANING, InputError

if TYPE_CHECKING:
    from planner.catalog.rows import Catalog
    from planner.gate.plans import Setting

OUTPUTS: Final = ("html", "pdf", "md")
"""What a plan is printed as without a word on it."""
EVERY_OUTPUT: Final = (*OUTPUTS, "json")
LEVELS: Final = ("debug", "info", "warning", "error")
VARIABLES: Final[Mapping[str, str]] = {
    "PLANNER_LOG_LEVEL": "what is told on stderr: debug, info, warning (default) or error; debug also shows tracebacks",
    "PLANNER_CATALOG": "directory with a catalog of your own, instead of the one that comes with the planner",
    "PLANNER_OUTPUTS": "what `planner plan` writes without --outputs: html, pdf, md, json or none (html,pdf,md)",
    "PLANNER_TEMPLATES": "folder with report templates of your own, which come before those of the planner",
    "PLANNER_CACHE": "folder where plans are kept for `planner diff` and `check`, or none (default: the user's cache)",
    "PLANNER_STORAGE": "file or database where `planner plan` of one scenario keeps a sampled search without --storage",
    "PLANNER_PRICE_MAX_AGE_MONTHS": "age from which a price is stale, at the catalog's date (default 18)",
    "PLANNER_PRICES": "snapshot of prices, or a folder whose newest one counts: planner prices refresh makes them",
    "PLANNER_HISTORY": "folder with the history of prices: planner prices refresh and watch record into it",
    "MLFLOW_TRACKING_URI": "MLflow's server: where reviews read runs from, and `planner export mlflow` logs to",
    "PLANNER_PRICE_TTL_HOURS": "age from which prices are fetched again, and no longer fresh (default 24)",
}
"""Variable → what it does."""
_LONGEST_LIFE: Final = 1200.0
_LONGEST_TTL: Final = _LONGEST_LIFE * 24 * 31


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment asks for."""

    log_level: str = "warning"
    catalog: Path | None = None
    outputs: tuple[str, ...] = OUTPUTS
    price_max_age_months: float = 18.0
    cache: Path | None = None
    """Where plans are kept; None for nowhere."""
    storage: str | None = None
    """Where sampled searches are kept; None for nowhere."""
    prices: Path | None = None
    """Snapshot whose prices count, or a folder of them; None for those of the catalog."""
    price_ttl_hours: float = 24.0
    history: Path | None = None
    """Folder with the history of prices; None for none."""
    tracking_uri: str | None = None
    """MLflow's server; None for none."""
    templates: Path | None = None
    """Folder of report templates of the user's own."""

    @property
    def template_roots(self) -> tuple[Path, ...]:
        """Folders of templates of the user's own, the first of which counts most."""
        return () if self.templates is None else (self.templates,)

    def load_catalog(self, as_of: str | None = None) -> Catalog:
        """The catalog that is asked for, as of a date; without one the newest date that its files name."""
        return self._catalog(as_of, self.snapshot())

    def snapshot(self) -> Path | None:
        """The snapshot whose prices count; raises InputError where there is none in the folder that was named."""
        return None if self.prices is None else chosen_snapshot(self.prices)

    def setting(self, as_of: str | None = None) -> Setting:
        """What plans of several scenarios have in common."""
        from planner.gate.plans import Setting
        from planner.resources import CATALOG_DATA

        snapshot = self.snapshot()
        if snapshot is not None:
            self._catalog(as_of, snapshot)  # it is read once, and what is doubted is told here
        return Setting(self.catalog or CATALOG_DATA, as_of, self.price_max_age_months, snapshot)

    def _catalog(self, as_of: str | None, snapshot: Path | None) -> Catalog:
        from planner.catalog.loader import load_catalog
        from planner.resources import CATALOG_DATA

        catalog = load_catalog(as_of, self.catalog or CATALOG_DATA, snapshot)
        for doubt in catalog.doubts:
            tell_once(doubt)
        return catalog


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; an empty variable counts as unset. Raises InputError that names the variable."""
    given = {name: text for name in VARIABLES if (text := environment.get(name, "").strip())}
    read = Settings()
    cache = given.get("PLANNER_CACHE")
    return Settings(
        log_level=_level(given.get("PLANNER_LOG_LEVEL", read.log_level)),
        catalog=_directory(given, "PLANNER_CATALOG"),
        templates=_directory(given, "PLANNER_TEMPLATES"),
        outputs=_outputs(given.get("PLANNER_OUTPUTS", ",".join(read.outputs))),
        price_max_age_months=_life(given, "PLANNER_PRICE_MAX_AGE_MONTHS", read.price_max_age_months, _LONGEST_LIFE),
        cache=_user_cache(environment) if cache is None else None if cache == "none" else Path(cache),
        storage=given.get("PLANNER_STORAGE"),
        tracking_uri=given.get("MLFLOW_TRACKING_URI"),
        prices=Path(given["PLANNER_PRICES"]) if "PLANNER_PRICES" in given else None,
        history=Path(given["PLANNER_HISTORY"]) if "PLANNER_HISTORY" in given else None,
        price_ttl_hours=_life(given, "PLANNER_PRICE_TTL_HOURS", read.price_ttl_hours, _LONGEST_TTL),
    )


def chosen_snapshot(path: Path) -> Path:
    """The snapshot that a path names, as `snapshot_file`; one of a day to come counts, and is told of."""
    from planner.catalog.prices.snapshot import day_written, snapshot_file

    found = snapshot_file(path)
    day, today = day_written(found), datetime.now(UTC).date().isoformat()
    if day is not None and day > today:
        tell_once(f"{found}: is of {day}, but it is {today}: this machine's clock is wrong, or the one that wrote it")
    return found


def tell_once(text: str) -> None:
    """Say it, however often one command asks for its snapshot."""
    context = click.get_current_context(silent=True)
    told: set[str] = set() if context is None else context.meta.setdefault(__name__, set())
    if text not in told:
        told.add(text)
        click.echo(f"warning: {text}", err=True)


def start_logging(settings: Settings) -> None:
    """Let the planner's own messages from this level on reach stderr, and no library's.

    A handler of the root would print what WeasyPrint says of every property that is for screens alone.
    """
    ours = logging.getLogger("planner")
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        ours.addHandler(handler)
    ours.setLevel(settings.log_level.upper())


def names_of_outputs(text: str) -> tuple[str, ...]:
    """Outputs in a list with commas; `none` adds nothing. Raises ValueError that says which are allowed."""
    names = [part.strip() for part in text.split(",") if part.strip()]
    for name in names:
        if name not in EVERY_OUTPUT and name != "none":
            message = f"{name!r} is no output; choose from {', '.join(EVERY_OUTPUT)} or none"
            raise ValueError(message)
    return tuple(name for name in EVERY_OUTPUT if name in names)


def epilog() -> str:
    """The variables and the exit codes for `planner --help`."""
    rows = "\n".join(f"  {name}\n      {text}" for name, text in VARIABLES.items())
    codes = "\n".join(f"  {int(code):>3}  {text}" for code, text in MEANING.items())
    return f"\b\nEnvironment:\n{rows}\n\n\b\nExit codes:\n{codes}"


def _user_cache(environment: Mapping[str, str]) -> Path | None:
    """Where a user's programs keep what can be made again; None where there is no home."""
    folder = environment.get("XDG_CACHE_HOME", "").strip()
    home = environment.get("HOME", "").strip() or environment.get("LOCALAPPDATA", "").strip()
    if folder:
        return Path(folder) / "finetune-planner"
    return Path(home) / ".cache" / "finetune-planner" if home else None


def _level(text: str) -> str:
    if text.lower() not in LEVELS:
        message = f"PLANNER_LOG_LEVEL={text}: no such level; choose from {', '.join(LEVELS)}"
        raise InputError(message)
    return text.lower()


def _directory(given: Mapping[str, str], variable: str) -> Path | None:
    text = given.get(variable)
    if text is None:
        return None
    if not Path(text).is_dir():
        message = f"{variable}={text}: no such directory"
        raise InputError(message)
    return Path(text)


def _outputs(text: str) -> tuple[str, ...]:
    try:
        return names_of_outputs(text)
    except ValueError as error:
        message = f"PLANNER_OUTPUTS={text}: {error}"
        raise InputError(message) from error


def _life(given: Mapping[str, str], variable: str, otherwise: float, longest: float) -> float:
    """An age in the unit that ends the variable's name."""
    text = given.get(variable, str(otherwise))
    try:
        age = float(text)
    except ValueError:
        age = -1.0
    if not 0 < age <= longest:
        unit = variable.rpartition("_")[2].lower()
        message = f"{variable}={text}: must be a number of {unit} above 0, up to {longest:g}"
        raise InputError(message)
    return age
