"""Recipes: sizes known beforehand, axes that do not apply collapse, one row at a time equals all at once."""

from typing import Any

import numpy as np
import pytest

from planner.catalog.loader import load_catalog
from planner.scenario.fine_tune import FineTune
from planner.space.recipes import RecipeSpace, decode, encode
from planner.space.resolve import Space, resolve


def space(**changes: Any) -> Space:
    data: dict[str, Any] = {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "x"},
        "models": ["llama-3.1-8b", "qwen2.5-7b"],
        "methods": ["lora", "full"],
        "dataset": {"samples": 1000, "tokens_per_sample": 100},
        "hardware": {"gpus": ["l40s"], "counts": [1]},
    } | changes
    problems: list[str] = []
    found = resolve(
        FineTune.model_validate(data),
        load_catalog(),
        lambda path, message, hint: problems.append(message),
        lambda *_: None,
    )
    assert found is not None, problems
    return found


def recipes(**changes: Any) -> RecipeSpace:
    return space(**changes).recipes


def test_size_is_the_product_of_the_axes_that_apply() -> None:
    found = recipes(axes={"method.rank": [8, 16, 64], "train.epochs": [1, 2]})
    assert found.sizes == [2 * 3 * 2, 2 * 1 * 2]
    assert len(found) == 16


def test_every_recipe_is_there_once() -> None:
    found = recipes(axes={"method.rank": [8, 16, 64], "train.epochs": [1, 2], "train.packing": [True, False]})
    table = found.take(np.arange(len(found)))
    rows = np.column_stack([table.model, table.method, table.stack, table.axis_codes])
    assert len(np.unique(rows, axis=0)) == len(found)
    assert (table.axis_codes[table.method == 1, 0] == -1).all()


def test_any_rows_in_any_order() -> None:
    found = recipes(axes={"method.rank": [8, 16], "dataset.share": {"from": 0.5, "to": 1.0, "step": 0.25}})
    whole = found.take(np.arange(len(found)))
    order = np.random.default_rng(1).permutation(len(found))
    part = found.take(order)
    for path, column in whole.columns.items():
        np.testing.assert_array_equal(part.columns[path], column[order])


def test_an_axis_replaces_the_value_it_names() -> None:
    found = recipes(train={"epochs": 5}, axes={"train.epochs": [1, 2]})
    assert set(found.take(np.arange(len(found))).number("train.epochs")) == {1, 2}


def test_two_methods_with_other_options_are_two_choices() -> None:
    found = recipes(methods=["lora", {"lora": {"rank": 16}}, {"lora": {"rank": 64}}])
    assert [m.options["rank"] for m in found.methods] == [16, 64]


def test_an_option_that_an_axis_sweeps_makes_no_second_choice() -> None:
    methods = [{"lora": {"rank": 8, "alpha": 16}}, {"lora": {"rank": 32, "alpha": 16}}]
    found = recipes(methods=methods, axes={"method.rank": [8, 32]})
    assert len(found.methods) == 1
    assert set(found.take(np.arange(len(found))).number("method.rank")) == {8, 32}


def test_moving_along_one_axis() -> None:
    found = recipes(axes={"method.rank": [8, 16], "train.epochs": [1, 2, 3]})
    rows = np.arange(len(found))
    moved = found.with_axis(rows, 0, 1)
    before, after = found.take(rows), found.take(moved)
    applies = before.axis_codes[:, 0] >= 0
    assert (after.axis_codes[applies, 0] == 1).all()
    np.testing.assert_array_equal(before.axis_codes[:, 1], after.axis_codes[:, 1])
    np.testing.assert_array_equal(moved[~applies], rows[~applies])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("train.epochs", 2),
        ("train.packing", True),
        ("train.attention", "eager"),
        ("dataset.share", 0.25),
        ("method.targets", "qv"),
    ],
)
def test_encoding_is_reversible(path: str, value: object) -> None:
    assert decode(path, encode(path, value)) == value


def test_names_that_stand_for_several_cards() -> None:
    found = space(hardware={"gpus": ["a100-80gb"], "counts": [1]})
    assert set(found.families["a100-80gb"]) == {"a100-80gb-sxm", "a100-80gb-pcie"}


def test_another_method_and_model_with_all_else_the_same() -> None:
    found = recipes(axes={"method.rank": [8, 16], "train.epochs": [1, 2, 3]}, stacks=["hf-trainer", "unsloth"])
    rows = np.arange(len(found))
    old = found.take(rows)
    for method in range(len(found.methods)):
        for model in range(len(found.models)):
            new = found.take(found.with_choice(rows, method, model))
            assert set(new.method.tolist()) == {method}
            assert set(new.model.tolist()) == {found.models[model]}
            assert np.array_equal(new.stack, old.stack)
            assert np.array_equal(new.number("train.epochs"), old.number("train.epochs"))
            applied = old.axis_codes[:, 0] >= 0
            expected = np.where(applied, old.axis_codes[:, 0], 0) if "rank" in found.methods[method].options else -1
            assert (new.axis_codes[:, 0] == expected).all()
