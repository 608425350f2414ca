"""The catalog's name of the card that PyTorch found."""

import re
from typing import Final

from planner.catalog.models import id_of
from planner.catalog.names import resolve_gpus
from planner.catalog.rows import Catalog, Gpu

PRINTED: Final = {
    "h100-80gb-hbm3": "H100-SXM",
    "h200": "H200-SXM",
    "gh200-480gb": "GH200-96GB",
    "b300-sxm6-ac": "B300",
    "a100-sxm-40gb": "A100-40GB-SXM",
    "a100-sxm-80gb": "A100-80GB-SXM",
    "a100-pcie-40gb": "A100-40GB-PCIe",
    "a100-80gb-pcie": "A100-80GB-PCIe",
    "a800-80gb-pcie": "A800-80GB-PCIe",
    "v100-sxm2-16gb": "V100-16GB-SXM",
    "v100-sxm2-32gb": "V100-32GB-SXM",
    "v100-pcie-16gb": "V100-16GB-PCIe",
    "v100-pcie-32gb": "V100-32GB-PCIe",
    "p100-pcie-16gb": "P100-16GB-PCIe",
    "rtx-pro-6000-blackwell-server-edition": "RTX-PRO-6000-BSE",
}
"""Names that drivers print, without the maker's words, where neither an id nor an alias of the catalog has them."""

_MAKERS_WORDS = re.compile(r"\b(nvidia|tesla|geforce|quadro|amd|instinct|generation)\b")
_SIZE_SLACK = 0.12
"""A driver shows up to so much less than the marketed memory (ECC, reservations), and hardly more."""


def catalog_card(catalog: Catalog, printed: str, total_gib: float | None = None) -> Gpu | None:
    """The one card of the catalog that a device name means; None where none does, several do, or its memory differs.

    A slice of a card (MIG) or a laptop part has a name of its own, and is none of the catalog's cards.
    """
    plain = id_of(_MAKERS_WORDS.sub(" ", printed.lower()).strip())
    plain = re.sub(r"sxm4", "sxm", plain) if plain.startswith("a100") else plain
    wanted = PRINTED.get(plain, plain)
    found = [catalog.gpus[index] for index in resolve_gpus(catalog, wanted)]
    exact = [gpu for gpu in found if gpu.id == id_of(wanted) or id_of(wanted) in map(id_of, gpu.aliases)]
    if len(exact) != 1:
        return None
    card = exact[0]
    if total_gib is not None and not card.mem_gib * (1 - _SIZE_SLACK) <= total_gib <= card.mem_gib * 1.02:
        return None
    return card
