"""What the table says of samplers, tried against Optuna itself."""

import logging

import numpy as np
import pytest
from optuna.trial import FrozenTrial

from planner.catalog.rows import Bools, Floats
from planner.choose.sampled import Settings, sample
from planner.choose.samplers import GENERATION_KEYS, distribution, make_sampler, quiet, require
from planner.choose.variables import Variable
from planner.errors import SetupError
from planner.space.samplers import SAMPLERS, Asked, evaluations_of, unfit

HERE = [name for name, facts in SAMPLERS.items() if facts.package != "torch"]
ALL = list(SAMPLERS)
NUMBERS = [Variable("x", 0.0, 1.0), Variable("y", 0.0, 1.0)]
CHOICES = [*NUMBERS, Variable("kind", 0, 5, whole=True, choice=True)]


class Corner:
    """The best point is (0.3, 0.3, 0); with `wall`, x below 0.8 is not allowed."""

    def __init__(self, variables: list[Variable], objectives: int, wall: bool = False) -> None:
        self.variables, self.objectives, self.wall = variables, objectives, wall
        self.points = np.empty((0, len(variables)))

    def canonical(self, points: Floats) -> Floats:
        return points + 0.0

    def fresh(self, points: Floats) -> Bools:
        return np.ones(len(points), bool)

    def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
        self.points = np.concatenate([self.points, points])
        loss = np.abs(points[:, :2] - 0.3).sum(axis=1) + points[:, 2:].sum(axis=1)
        losses = np.stack([loss, 1.5 * loss, loss**2][: self.objectives], axis=1)
        return losses, (0.8 - points[:, :1]) if self.wall else np.zeros((len(points), 1))


def tried(name: str, space: Corner, evaluations: int) -> Floats:
    if SAMPLERS[name].package == "torch":
        pytest.importorskip("torch")
    sample(space, space.objectives, Settings(evaluations, 1, name, population=10))
    assert len(space.points) == evaluations
    return space.points


def least(name: str) -> int:
    return 40 if name == "gp" else 200


@pytest.mark.parametrize("name", ALL)
def test_steered_ones_go_where_it_is_better(name: str) -> None:
    late = tried(name, Corner(NUMBERS, 1), least(name))[-30:]
    nearest = float(np.abs(late - 0.3).sum(axis=1).min())
    assert (nearest < 0.03) == SAMPLERS[name].steered


@pytest.mark.parametrize("name", ALL)
def test_constraints_are_seen(name: str) -> None:
    """Where results steer a sampler that takes constraints, most of what it tries keeps to them in the end."""
    facts = SAMPLERS[name]
    late = tried(name, Corner(NUMBERS, 1, wall=True), least(name))[-30:]
    share = float((late[:, 0] >= 0.8).mean())
    if facts.limits and facts.steered:
        assert share > 0.5
    elif not facts.steered:
        assert share < 0.5


@pytest.mark.parametrize("name", ALL)
def test_several_objectives(name: str) -> None:
    space = Corner(NUMBERS, 3)
    if SAMPLERS[name].objectives is None:
        tried(name, space, 40)
    else:
        with pytest.raises(ValueError, match="multi-objective"):
            tried(name, space, 40)


@pytest.mark.parametrize("name", ALL)
def test_choices_are_steered_or_not_taken(name: str) -> None:
    """cmaes leaves a categorical variable to chance and is refused one; the others learn that 0 is best."""
    late = tried(name, Corner(CHOICES, 1), least(name))[-40:]
    share = float((late[:, 2] == 0).mean())
    assert (share > 0.4) == (SAMPLERS[name].choices and SAMPLERS[name].steered)


@pytest.mark.parametrize("name", HERE)
def test_genetic_ones_keep_their_generation_where_we_look(name: str) -> None:
    import optuna

    with quiet():
        study = optuna.create_study(sampler=make_sampler(name, 1, 4), directions=["minimize"])
        for _ in range(6):
            trial = study.ask({v.name: distribution(v) for v in NUMBERS})
            study.tell(trial, 1.0)
        last: FrozenTrial = study.get_trials()[-1]
    key = GENERATION_KEYS.get(name)
    assert (key is not None) == any(name.endswith(":generation") and "NSGA" in name for name in last.system_attrs)
    assert key is None or last.system_attrs[key] == 1


def test_cmaes_keeps_code_among_its_trials() -> None:
    """Which is why it is not to be kept in a storage."""
    import optuna

    with quiet():
        study = optuna.create_study(sampler=make_sampler("cmaes", 1, 4), directions=["minimize"])
        for _ in range(12):
            trial = study.ask({v.name: distribution(v) for v in NUMBERS})
            study.tell(trial, 1.0)
    kept = [value for trial in study.get_trials() for key, value in trial.system_attrs.items() if "optimizer" in key]
    assert any(value.startswith("80") for value in kept), "the opcode that begins a pickle"
    assert [name for name, facts in SAMPLERS.items() if not facts.stored] == ["cmaes"]


def test_cmaes_says_itself_that_it_does_without_constraints() -> None:
    import optuna

    with quiet():
        study = optuna.create_study(sampler=make_sampler("cmaes", 1, 4), directions=["minimize"])
        trial = study.ask({v.name: distribution(v) for v in NUMBERS})
        trial.set_constraint("0", 1.0)
        with pytest.warns(UserWarning, match="will not use them"):
            study.tell(trial, 1.0)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.choose.samplers.find_spec", lambda _name: None)
    require("nsga2")
    for name, extra in (("gp", "gp"), ("cmaes", "cmaes")):
        with pytest.raises(SetupError, match=rf"finetune-planner\[{extra}\]"):
            require(name)


def test_optuna_says_as_before_what_it_said() -> None:
    import optuna

    optuna.logging.set_verbosity(logging.WARNING)
    with quiet():
        assert optuna.logging.get_verbosity() == logging.ERROR
    assert optuna.logging.get_verbosity() == logging.WARNING


ONE = Asked(("cost",), (), (), 500)


def test_what_is_refused_and_who_can() -> None:
    def said(name: str, asked: Asked) -> list[tuple[str, str]]:
        return [(reason.about, reason.hint) for reason in unfit(name, asked)]

    assert said("cmaes", ONE) == []
    three = Asked(("cost", "time", "quality"), ("constraints.deadline",), ("models",), 501)
    others = "nsga2, nsga3, tpe, qmc, random"
    assert said("cmaes", three) == [
        ("sampler", f"samplers for several objectives: {others}"),
        ("sampler", f"samplers for constraints: {others}"),
        ("sampler", f"samplers for choices: {others}"),
    ]
    assert said("gp", three) == [("evaluations", f"samplers for that many: {others}")]
    assert said("qmc", three) == []


def test_evaluations_left_out_are_what_a_sampler_is_good_for() -> None:
    assert [evaluations_of(name, None) for name in ("nsga2", "tpe", "gp", "random")] == [2000, 1000, 500, 2000]
    assert evaluations_of("gp", 700) == 700
    for name, facts in SAMPLERS.items():
        assert not unfit(name, Asked(("cost",), (), (), evaluations_of(name, None)))
        assert facts.batch >= 2
