"""Constants of the formulas: every one has a prior, is read, and keeps it where no row bears on it."""

import ast
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import planner
from planner.catalog.constants import ENGINE_SPEED, STACK_SPEED, Band, Calibration, Constant
from planner.catalog.gpus import GENERATIONS
from planner.catalog.loader import load_catalog
from planner.estimate.law import law_columns
from planner.estimate.stack_columns import stack_columns
from planner.measured.columns import rows_of
from planner.measured.condition import condition_of
from planner.measured.predict import predict_memory, predict_speed
from planner.measured.serving import predict_served, serving_row
from planner.units import Z90
from tests.estimate.memory_cases import PRIORS

CATALOG = load_catalog()
CODE = [
    path
    for folder in ("catalog", "estimate", "measured", "calibrate", "cli")
    for path in sorted((Path(planner.__file__).parent / folder).rglob("*.py"))
]
BELIEFS = {name for name in PRIORS.constants if not name.startswith((STACK_SPEED, ENGINE_SPEED))}


class Listening(dict[str, Constant]):
    """Constants that remember which of them were asked for."""

    def __init__(self, constants: dict[str, Constant]) -> None:
        super().__init__(constants)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Constant:
        self.read.add(name)
        return super().__getitem__(name)


def names_in_code() -> Iterator[tuple[str, str, bool]]:
    """File, name, and whether it is whole, of every constant that code names; an f-string names a prefix."""
    for path in CODE:
        tree = ast.parse(path.read_text("utf-8"))
        joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        inside = {id(part) for node in joined for part in node.values}
        for node in ast.walk(tree):
            whole = isinstance(node, ast.Constant) and id(node) not in inside
            first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            if (whole or isinstance(node, ast.JoinedStr)) and first.value.startswith(("memory.", "speed.", "serving.")):
                yield path.name, first.value, whole


def test_every_constant_that_code_names_has_a_prior() -> None:
    found = set()
    for file, name, whole in names_in_code():
        if name in ("memory.", "speed.", "serving.", STACK_SPEED, ENGINE_SPEED) or name.endswith((".csv", ".yaml")):
            continue
        found.add(name)
        assert (name in BELIEFS) if whole else any(known.startswith(name) for known in BELIEFS), (file, name)
    assert len(found) > 25


def test_every_constant_is_read() -> None:
    """By rows and by the law of every card: `memory.*`, `speed.*` and `serving.*` by one prediction of each."""
    listening = Listening(dict(PRIORS.constants))
    calibration = Calibration(listening)
    row = {"model": "Llama-2-7B", "method": "full", "n_gpus": "8", "micro_batch_size": "1", "seq_len": "2048",
           "gpu_id": "A100-80GB-SXM", "stack": "hf-trainer", "parallelism": "tp2"}  # fmt: skip
    rows = rows_of([condition_of(row, CATALOG, needs_gpu=True)], CATALOG)
    predict_memory(rows, calibration)
    assert {name for name in BELIEFS if name.startswith("memory.")} <= listening.read
    predict_speed(rows, calibration)
    assert {name for name in BELIEFS if name.startswith(("memory.", "speed."))} <= listening.read
    served = {**row, "precision": "fp8", "input_len": "128", "output_len": "128"}
    predict_served([serving_row({**served, "engine": engine.id}, CATALOG) for engine in CATALOG.engines], calibration)
    assert BELIEFS - listening.read == set()
    stacks = {f"{STACK_SPEED}{stack.id}" for stack in CATALOG.stacks}
    engines = {f"{ENGINE_SPEED}{engine.id}" for engine in CATALOG.engines}
    assert stacks | engines <= listening.read
    assert listening.read <= BELIEFS | stacks | engines


def test_a_card_of_every_generation_finds_its_constants() -> None:
    card = CATALOG.gpus[0]
    for generation in GENERATIONS:
        law = law_columns([replace(card, generation=generation)], PRIORS)
        assert law["e0"][0] > 0


def test_every_stack_has_a_speed_and_every_card_a_generation() -> None:
    for stack in CATALOG.stacks:
        constant = PRIORS.constants[STACK_SPEED + stack.id]
        assert (constant.prior, constant.prior_sd) == (stack.speed_prior, stack.speed_sd)
    assert {gpu.generation for gpu in CATALOG.gpus} == set(GENERATIONS)
    assert len(stack_columns(CATALOG.stacks, CATALOG.methods, PRIORS).speed) == len(CATALOG.stacks)


@pytest.mark.parametrize("constant", CATALOG.calibration.constants.values(), ids=lambda constant: constant.name)
def test_constants_are_positive_and_say_where_they_come_from(constant: Constant) -> None:
    assert constant.prior > 0
    assert 0.01 <= constant.prior_sd <= 0.5
    assert constant.value > 0
    assert abs(math.log(constant.value / constant.prior)) < 4 * constant.prior_sd, "far from what was believed"
    assert constant.spread <= constant.prior_sd * 1.05, "rows never make a constant less certain"
    assert len(constant.means) > 8
    assert constant.source


def test_a_constant_stands_at_its_prior_until_rows_move_it() -> None:
    plain = Constant("speed.x", 2.0, 0.3, "1", "a test", "a test")
    assert (plain.value, plain.spread) == (2.0, 0.3)
    fitted = replace(plain, fitted=3.0, error=0.1, rows=5)
    assert (fitted.value, fitted.spread) == (3.0, 0.1)
    tried = Calibration({"speed.x": plain, "speed.y": plain}).with_values({"speed.x": 5.0})
    assert (tried["speed.x"], tried["speed.y"]) == (5.0, 2.0)


def test_a_band_is_the_finest_that_rows_gave() -> None:
    wide, narrow = Band(-0.4, 0.6, 90, 6), Band(-0.1, 0.1, 30, 3)
    calibration = Calibration({}, {"speed": wide, "speed/full": narrow})
    assert calibration.band("speed", "full", "hopper") is narrow
    assert calibration.band("speed", "lora", "hopper") is wide
    assert calibration.band("memory") is None
    assert wide.sd == pytest.approx(1.0 / (2 * Z90))


def test_shipped_bands_hold_nothing_and_are_made_from_rows_of_several_publishers() -> None:
    for group, band in CATALOG.calibration.bands.items():
        assert band.low < 0 < band.high, group
        assert band.rows >= band.publishers >= 2, group
