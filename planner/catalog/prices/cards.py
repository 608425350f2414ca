"""Cards as providers print them, matched to the catalog: by name, form and memory, or not at all.

A name is cut into words. Words that only say who made it are left out; `80GB` is memory; `SXM4` and `PCIe` are the
form; the rest is the family, which must be one that an id or alias of `gpus.csv` has. Of a family's cards those stay
that have the printed form and memory. Where several stay that differ in form alone, the one stands that `gpus.csv`
gives as what the family's bare name means (H100 is the SXM card); where they differ in memory, none does: A100 without
a size may be half or twice of what a run needs. Spellings that follow no rule are in `card_spellings.csv`.
"""

import csv
import functools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.catalog.rows import Catalog, Gpu

CardOf = Callable[[str, float], str | None]

SPELLINGS: Final = Path(__file__).with_name("card_spellings.csv")
TOLERANCE: Final = 0.1
"""Share that a printed memory may differ from the marketed one: an L4 of 24 GB reports 22.4 GiB, while cards of one
family with different memory are at least 15 % apart (H100 80 and 94 GB)."""
_LONGEST: Final = 200
_MAKERS: Final = frozenset(
    (
        "nvidia", "amd", "intel", "habana", "google", "cloud", "aws", "geforce", "tesla", "instinct", "graphics",
        "generation", "gpu", "gpus", "accelerator", "tensor", "core", "oam", "hgx", "dgx", "superchip",
    )
)  # fmt: skip
_WORDS: Final = re.compile(r"[a-z0-9]+")
_MEMORY: Final = re.compile(r"(\d{1,4})(?:gb|gib|g)")
_SIZED: Final = re.compile(r"(\d{1,4})[\s_-]+(gb|gib)\b")
_COUNT: Final = re.compile(r"\d{1,3}x")
_FORM: Final = re.compile(r"(sxm|pcie|pci|nvl)\d{0,2}")
_GLUED: Final = re.compile(r"(rtx)(pro)?([a-z]?\d{4})([a-z]*)|(\d{4})([a-z]+)|([a-z]\d{4})(ada)")


@dataclass(frozen=True, slots=True)
class _Name:
    """A printed name, taken apart."""

    family: str
    form: str
    """`sxm`, `pcie`, `nvl`, or empty where it is not printed."""
    memory_gib: float
    """NaN where it is not printed."""


def card_resolver(catalog: Catalog) -> CardOf:
    """What tells the catalog id of a card from its printed name and its memory in GiB (NaN: not said)."""
    spelled = _spellings(catalog)
    families: dict[str, dict[str, tuple[Gpu, str]]] = {}
    bare: dict[tuple[str, float | None], list[str]] = {}
    for gpu in catalog.gpus:
        form = _taken(gpu.id).form
        for written in (gpu.id, gpu.name, *gpu.aliases):
            name = _taken(written)
            families.setdefault(name.family, {})[gpu.id] = (gpu, form)
            if not name.form:
                size = None if math.isnan(name.memory_gib) else name.memory_gib
                bare.setdefault((name.family, size), []).append(gpu.id)

    @functools.lru_cache(maxsize=8192)
    def found(printed: str, size: float | None) -> str | None:
        name = _taken(printed)
        said = name.memory_gib if size is None else size
        key = _key(printed)
        if key in spelled:
            gpu = spelled[key]
            return gpu.id if gpu is not None and (size is None or _fits(gpu, size)) else None
        if size is not None and not math.isnan(name.memory_gib) and not _near(size, name.memory_gib):
            return None
        cards = [card for card, form in families.get(name.family, {}).values() if _formed(name, form, said)]
        if not math.isnan(said):
            cards = [card for card in cards if _fits(card, said)]
        if len(cards) <= 1 or len({card.mem_gib for card in cards}) > 1:
            return cards[0].id if len(cards) == 1 else None
        ids = {card.id for card in cards}
        for size_gib in (None, cards[0].mem_gib):
            left = ids.intersection(bare.get((name.family, size_gib), ()))
            if len(left) == 1 and not name.form:
                return left.pop()
        return None

    def card(printed: str, memory_gib: float) -> str | None:
        if len(printed) > _LONGEST:
            return None
        return found(printed, memory_gib if math.isfinite(memory_gib) and memory_gib > 0 else None)

    return card


def _formed(name: _Name, form: str, memory_gib: float) -> bool:
    """Whether a card of this form may be meant; NVL pairs only where the name or the memory says so."""
    if name.form:
        return form == name.form or (not form and name.form != "nvl")
    return form != "nvl" or not math.isnan(memory_gib)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * other


def _fits(gpu: Gpu, memory_gib: float) -> bool:
    return _near(memory_gib, gpu.mem_gib)


def _words(printed: str) -> Iterable[str]:
    lowered = _SIZED.sub(r"\1\2", printed.lower())
    for word in _WORDS.findall(lowered):
        if glued := None if _MEMORY.fullmatch(word) else _GLUED.fullmatch(word):
            yield from (part for part in glued.groups() if part)
        elif word not in _MAKERS and not _COUNT.fullmatch(word):
            yield word


def _key(printed: str) -> str:
    return " ".join(_words(printed))


def _taken(printed: str) -> _Name:
    family, form, memory = [], "", math.nan
    for word in _words(printed):
        if sized := _MEMORY.fullmatch(word):
            memory = float(sized[1])
        elif formed := _FORM.fullmatch(word):
            form = "pcie" if formed[1] == "pci" else formed[1]
        else:
            family.append(word)
    if form == "pcie":  # a bridge between pairs of PCIe cards; the card is the same
        family = [word for word in family if word != "nvlink"]
    return _Name(" ".join(family), form, memory)


def _spellings(catalog: Catalog) -> dict[str, Gpu | None]:
    """Spellings that follow no rule, and the card of this catalog, if it has it."""
    known = {gpu.id: gpu for gpu in catalog.gpus}
    found: dict[str, Gpu | None] = {}
    with SPELLINGS.open(encoding="utf-8", newline="") as file:
        file.readline()
        for row in csv.DictReader(file):
            found[_key(row["printed"])] = known.get(row["gpu"])
    return found
