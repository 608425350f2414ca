"""How cards and providers are named in a sentence: `A100 80GB SXM`, `AWS`; their ids are small letters and dashes."""

import re
from collections.abc import Mapping
from typing import Final

_CARD: Final = re.compile(r"(?=[a-z0-9.-]*\d)[a-z][a-z0-9.]*(?:-[a-z0-9.]+)*")
_TPU: Final = re.compile(r"v\d[a-z]?")
_WORDS: Final = re.compile(r"(?:pcie|ti|ada|gaudi|trainium|inferentia)\d*")
"""Parts of a card's name that are no capitals throughout, as the vendors print them."""
_PROVIDERS: Final[Mapping[str, str]] = {
    "aws": "AWS", "azure": "Azure", "coreweave": "CoreWeave", "crusoe": "Crusoe", "cudo": "CUDO",
    "digitalocean": "DigitalOcean", "fluidstack": "FluidStack", "gcp": "Google Cloud", "hetzner": "Hetzner",
    "huggingface": "Hugging Face", "hyperbolic": "Hyperbolic", "hyperstack": "Hyperstack", "ibm": "IBM Cloud",
    "jarvislabs": "JarvisLabs", "lambda": "Lambda", "nebius": "Nebius", "oci": "Oracle Cloud",
    "paperspace": "Paperspace", "runpod": "RunPod", "vast": "Vast.ai", "verda": "Verda",
}  # fmt: skip


def card_text(card: str) -> str:
    """`a100-80gb-sxm` as `A100 80GB SXM`; what does not look like a card's id stays as it is."""
    if not _CARD.fullmatch(card):
        return card
    return " ".join(map(_part, card.split("-")))


def provider_text(provider: str) -> str:
    """`aws` as `AWS`; a provider that the catalog does not know stays as it is."""
    return _PROVIDERS.get(provider, provider)


def _part(part: str) -> str:
    if _TPU.fullmatch(part):
        return part
    if _WORDS.fullmatch(part):
        return "PCIe" if part == "pcie" else part.capitalize()
    return part.upper()
