"""The table of serving engines, read and checked."""

from typing import Final

from planner.catalog.engines import UNKNOWN, VERSION, Engine, version_of
from planner.catalog.tables import Directory, Entry

FILE: Final = "engines.yaml"
_TAGS: Final = ("C", "R", "M", "E")
_SHARES: Final = ("of_card", "of_free")
_NUMBERS: Final = ("speed", "speed_sd", "step_ms", "reserve_gib", "most_sequences", *_SHARES)
_TEXTS: Final = ("family", "since", "tag", "source")


def read_engines(directory: Directory) -> tuple[Engine, ...]:
    """Read `engines.yaml`, the one place where an engine or a generation of one is added."""
    fields = (*_NUMBERS, *_TEXTS, "aliases", "static", "attention_by_sequence")
    engines = [_engine(entry) for entry in directory.entries(FILE, fields)]
    names = [name for engine in engines for name in (engine.id, *engine.aliases)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        directory.problems.add(FILE, 1, f"the name {name!r} is given twice")
    if UNKNOWN not in names:
        directory.problems.add(FILE, 1, f"an entry {UNKNOWN!r} is missing, for engines that are not known")
    return tuple(engines)


def _engine(entry: Entry) -> Engine:
    numbers = {name: entry.number(name) for name in _NUMBERS}
    texts = {name: entry.text(name) for name in _TEXTS}
    for name, value in numbers.items():
        if not value > 0:
            entry.complain(f"{name} must be positive")
        elif name in _SHARES and value > 1:
            entry.complain(f"{name} is above 1")
    if texts["tag"] not in _TAGS:
        entry.complain(f"tag must be one of {', '.join(_TAGS)}")
    if not texts["family"] or texts["family"] != texts["family"].lower():
        entry.complain("family must be a word in small letters")
    if not VERSION.fullmatch(texts["since"]):
        entry.complain(f"since {texts['since']!r} is no version, such as '0.17'")
    return Engine(
        id=entry.id,
        aliases=entry.words("aliases"),
        family=texts["family"],
        since=version_of(texts["since"]),
        speed_prior=numbers["speed"],
        speed_sd=numbers["speed_sd"],
        step_s=numbers["step_ms"] / 1e3,
        of_card=numbers["of_card"],
        of_free=numbers["of_free"],
        reserve_gib=numbers["reserve_gib"],
        most_sequences=numbers["most_sequences"],
        static=entry.flag("static"),
        attention_by_sequence=entry.flag("attention_by_sequence"),
        tag=texts["tag"],
        source=texts["source"],
    )
