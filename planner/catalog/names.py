"""Names people write, resolved to rows of the catalog."""

import difflib
from collections.abc import Iterable

from planner.catalog.models import id_of
from planner.catalog.rows import Catalog


def resolve_gpus(catalog: Catalog, name: str) -> tuple[int, ...]:
    """Cards that a name means: the id, else every id that continues it, else every card with that alias.

    A bare family means all of its variants: `a100` is the 40 and 80 GB cards, SXM and PCIe.
    """
    wanted = id_of(name)
    exact = tuple(i for i, gpu in enumerate(catalog.gpus) if gpu.id == wanted)
    family = tuple(i for i, gpu in enumerate(catalog.gpus) if gpu.id.startswith(wanted + "-"))
    aliased = tuple(i for i, gpu in enumerate(catalog.gpus) if wanted in map(id_of, gpu.aliases))
    return exact or family or aliased


def resolve_model(catalog: Catalog, name: str) -> int | None:
    """The model that an id, printed name or hub id means, in any case; the hub's owner may be left out."""
    wanted = id_of(name)
    for names in (("id", "name"), ("hf_id",)):
        for index, model in enumerate(catalog.models):
            if wanted in {id_of(getattr(model, field)) for field in names}:
                return index
    short = [i for i, model in enumerate(catalog.models) if id_of(model.hf_id.rpartition("/")[2]) == wanted]
    return short[0] if len(short) == 1 else None


def resolve_provider(catalog: Catalog, name: str) -> int | None:
    """The provider that a name means, case-insensitive."""
    ids = [provider.id for provider in catalog.providers]
    wanted = id_of(name)
    return ids.index(wanted) if wanted in ids else None


def suggest(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, or None when nothing is close."""
    by_id = {id_of(candidate): candidate for candidate in names}
    near = difflib.get_close_matches(id_of(name), by_id, n=1, cutoff=0.6)
    return by_id[near[0]] if near else None


def hint_of(name: str, names: Iterable[str], otherwise: str) -> str:
    """What to do about a name that is not known: the one that was probably meant, else what else helps."""
    near = suggest(name, names)
    return f"did you mean {near!r}?" if near else otherwise
