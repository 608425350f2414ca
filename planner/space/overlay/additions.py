"""What an overlay adds to the catalog beside prices: currencies, providers, cards, models."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

from planner.catalog.defaults import read_defaults
from planner.catalog.exchange import Rate
from planner.catalog.managed_tuning import tuning_providers
from planner.catalog.names import hint_of, resolve_gpus, resolve_provider
from planner.catalog.rows import Catalog, Gpu, Provider
from planner.scenario.catalog_overlay import CatalogOverlay, OwnGpu, OwnProvider
from planner.source import Path as Place
from planner.space.custom_models import with_models

Complain = Callable[[Place, str, str | None], None]
EXTRAPOLATED: Final = "E"
"""Tag of constants that are taken from another card."""
_FIGURES: Final = (
    "mem_bw_gb_s", "fp32_tflops", "fp16_tflops", "bf16_tflops", "fp8_tflops", "link_gb_s", "nvlink_gb_s", "pcie_gb_s",
    "tdp_w", "release_year",
)  # fmt: skip


def with_additions(
    catalog: Catalog, overlay: CatalogOverlay, file: str, home: Path, root: Path, complain: Complain
) -> Catalog:
    """The catalog with the currencies, providers, cards and models of an overlay.

    `file` is its name in plans, `home` the folder it lies in; nothing outside `root` is read.
    """
    rates: dict[str, Rate] = {}
    for i, r in enumerate(overlay.currencies):
        if r.currency in rates:
            complain(("currencies", i, "currency"), f"a rate of {r.currency} is given twice", "leave one of them out")
        rates[r.currency] = Rate(r.currency, r.usd_per_unit, r.as_of, r.source or file)
    catalog = replace(catalog, currencies={**catalog.currencies, **rates})
    for i, provider in enumerate(overlay.providers):
        catalog = _with_provider(catalog, provider, ("providers", i, "id"), complain)
    for i, gpu in enumerate(overlay.gpus):
        catalog = _with_gpu(catalog, gpu, file, ("gpus", i), complain)
    return with_models(overlay.models, catalog, lambda _: home, root, complain, f"described in {file}", "overlay")


def _with_provider(catalog: Catalog, own: OwnProvider, place: Place, complain: Complain) -> Catalog:
    if resolve_provider(catalog, own.id) is not None or own.id == "default":
        hint = "its private prices go under offers and discounts" if own.id != "default" else "choose another id"
        complain(place, f"the catalog has a provider {own.id!r} already", hint)
        return catalog
    if own.id in tuning_providers(catalog):
        message = f"{own.id!r} is a managed fine-tuning service of the catalog, which rents no machines out"
        complain(place, message, "choose another id")
        return catalog
    blank = read_defaults(catalog.directory).provider
    terms = [each.name for each in fields(Provider)]
    given = {name: float(value) for name in terms if name != "id" and (value := getattr(own, name, None)) is not None}
    left_out = [
        name for name in terms if name in OwnProvider.model_fields and name not in (*given, "id", "max_run_hours")
    ]
    provider = replace(
        blank, id=own.id, preemption_known="preemption_per_hour" in given, confidence="U", **given
    )  # fmt: skip
    return replace(
        catalog,
        providers=(*catalog.providers, provider),
        offers=replace(catalog.offers, providers=(*catalog.offers.providers, own.id)),
        own=replace(catalog.own, providers={**catalog.own.providers, own.id: tuple(left_out)}),
    )


def _with_gpu(catalog: Catalog, own: OwnGpu, file: str, place: Place, complain: Complain) -> Catalog:
    if resolve_gpus(catalog, own.id):
        complain((*place, "id"), f"the catalog knows a card by the name {own.id!r} already", "choose another id")
        return catalog
    found = resolve_gpus(catalog, own.like)
    if len(found) != 1:
        names = [gpu.id for gpu in catalog.gpus]
        some = ", ".join(names[index] for index in found)
        message = f"{own.like!r} stands for several cards" if found else f"unknown GPU {own.like!r}"
        hint = f"name one of {some}" if found else hint_of(own.like, names, "see `planner list gpus`")
        complain((*place, "like"), message, hint)
        return catalog
    like = catalog.gpus[found[0]]
    gpu = _gpu(own, like, file)
    if gpu.usable_gib > gpu.mem_gib:
        written = "usable_gib" if own.usable_gib is not None else "mem_gib"
        complain((*place, written), f"usable_gib {gpu.usable_gib:g} is more than mem_gib {gpu.mem_gib:g}", None)
    mine = replace(catalog.own, gpus={**catalog.own.gpus, own.id: like.id})
    return replace(catalog, gpus=(*catalog.gpus, gpu), own=mine)


def _gpu(own: OwnGpu, like: Gpu, file: str) -> Gpu:
    """The card: its own figures, and those of the card it is like where it gives none."""
    given = {name: value for name in _FIGURES if (value := getattr(own, name)) is not None}
    mem = like.mem_gib if own.mem_gib is None else own.mem_gib
    return replace(
        like,
        id=own.id,
        name=own.id,
        aliases=(),
        mem_gib=mem,
        usable_gib=mem * like.usable_gib / like.mem_gib if own.usable_gib is None else own.usable_gib,
        source=own.source or file,
        notes=f"like {like.id}",
        utilisation_tag=EXTRAPOLATED,
        **given,
    )
