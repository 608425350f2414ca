"""Names of cards and providers in sentences."""

import pytest

from planner.card_names import card_text, provider_text
from planner.catalog.loader import load_catalog


def test_every_card_of_the_catalog_has_its_printed_name() -> None:
    cards = load_catalog().gpus
    assert {gpu.id: card_text(gpu.id) for gpu in cards} == {gpu.id: gpu.name.replace("-", " ") for gpu in cards}


def test_every_provider_of_the_catalog_has_a_name_with_a_capital() -> None:
    names = [provider_text(one.id) for one in load_catalog().providers]
    assert len(names) > 10
    assert [name for name in names if name == name.lower()] == []


@pytest.mark.parametrize("text", ["", "output tokens", "storage", "My Card", "<b>h100</b>", "GPU 7"])
def test_what_is_no_id_of_a_card_stays(text: str) -> None:
    assert card_text(text) == text
    assert provider_text(text) == text
