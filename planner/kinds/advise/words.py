"""What advice says of a change: in words, as `--set` words, what to do, and what may go wrong."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from planner.kinds.advise.moves import KEPT_GAIN, Move
from planner.outcome.method_words import method_name
from planner.outcome.settings_words import value_words
from planner.scenario.fine_tune import FineTune
from planner.space.recipes import DEFAULT_OPTIONS, MethodChoice, Recipes, decode
from planner.units import share_text

_GAIN: Final = f"{share_text(KEPT_GAIN)} of what tuning gains"
RISKS: Final[Mapping[str, str]] = {
    "epochs": f"keeps {_GAIN} by a prior of quality; a loss curve of your own may say otherwise",
    "dataset": f"keeps {_GAIN} if the samples left out are like the others; rare cases lose most",
    "batch": "fewer, larger optimizer steps need another learning rate; what they do to quality is not modelled",
    "packing": "packed samples must be masked from each other, or they read their neighbours; needs a kernel that does",
    "optimizer": "8-bit moments follow the loss of 32-bit ones closely, not exactly",
    "micro_batch": "memory is estimated; the largest batch that fits has the margin of the scenario and no more",
    "interval": "a preemption loses the work since the last checkpoint",
    "checkpointing": "memory is estimated; without recomputation the peak comes nearer to the card's limit",
    "parallelism": "another way of sharing needs its launch settings, and its peak memory is estimated",
    "sharding": "sharded weights are gathered layer by layer: slow where cards are joined by PCIe alone",
    "attention": "needs the kernel to be installed for this card; results differ in the last bits",
    "loss_kernel": "needs a stack that offers a fused loss; results differ in the last bits",
    "evaluations": "fewer evaluations see a plateau, or a loss that turns up, later",
    "rank": "a smaller adapter holds less; the prior sees no loss until its capacity is used up",
    "higher_rank": "more trained weights overfit sooner on little data",
    "targets": "adapters on attention alone learn less wherever knowledge is asked for",
    "precision": "pure bf16 loses small updates: rounding can stall training at low learning rates",
    "layers": "fewer trained layers learn less; the prior of quality has one figure for all numbers of them",
    "stack": "another stack has other defaults; check the loss of a short run against the old one",
    "method": "another method needs its own learning rate; the difference in quality is a prior",
    "offload": "every step waits for the host; the host's memory and PCIe speed decide how long",
    "length": "longer samples lose their end, often the answer",
    "tier": "spot machines can be taken away and may not be there when asked for; the waits are in the hours",
    "on_demand": "capacity may be short; the price is the listed one",
    "committed": "the commitment is paid whether it is used or not, for its whole term",
    "region": "data moves to another country's rules; capacity differs by region",
    "provider": "another account, quota and contract; its start-up times and storage prices are partly defaults",
    "gpu": "another card's speed is estimated on its own rows; a quota may be needed",
    "count": "another number of cards shares the batch differently; the same seed gives another run",
    "larger_gpu": "another card's speed is estimated on its own rows; a quota may be needed",
    "pilot": "a pilot ranks two candidates on little data; a close result stays a close call",
}  # fmt: skip
"""Kind → what may go wrong."""
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "epochs": ("train with a learning-rate schedule that ends there", "stop early if the validation loss turns up"),
    "dataset": ("draw the samples at random, or drop duplicates and near-duplicates first", "keep the held-out set"),
    "batch": (
        "raise the learning rate with it (by its square root to start with)",
        "compare the first validation loss",
    ),
    "packing": ("switch packing in the trainer", "check that position ids restart with every sample"),
    "optimizer": ("switch the optimizer in the trainer", "compare the loss of the first few hundred steps"),
    "rank": ("set the rank, alpha with it", "keep the adapter on all linear layers"),
    "higher_rank": ("set the rank, alpha with it", "watch the validation loss"),
    "tier": ("write checkpoints to storage that outlives the machine", "restart from the last one automatically"),
    "gpu": ("ask for quota on that card", "run a few steps to check memory and speed"),
    "larger_gpu": ("ask for quota on that card", "run a few steps to check memory and speed"),
    "provider": ("set up storage and images there", "run a few steps to check memory and speed"),
    "region": ("copy the data there first, if you may",),
    "stack": ("port the training script", "run a few steps to check memory and speed"),
    "method": ("set the learning rate for it", "evaluate against the old method on a held-out set"),
    "pilot": ("train both on that part of the data", "evaluate both on the same held-out set", "go on with the better"),
}
_NAMES: Final[Mapping[str, str]] = {
    "train.global_batch_size": "a global batch of {}",
    "train.epochs": "{} epochs",
    "dataset.share": "{} of the data",
    "train.max_seq_len": "at most {} tokens per sequence",
    "train.optimizer": "the optimizer {}",
    "train.checkpointing": "checkpointing {}",
    "train.parallelism": "sharing {}",
    "train.attention": "attention {}",
    "train.loss_kernel": "a {} loss",
    "train.evaluations_per_epoch": "{} evaluations per epoch",
    "train.micro_batch_size": "a micro-batch of {}",
    "train.checkpoint_interval_hours": "a checkpoint every {} h",
    "method.rank": "rank {}",
    "method.targets": "adapters on {}",
    "method.precision": "precision {}",
    "method.layers": "{} trained layers",
}
_LEFT: Final = {
    "train.micro_batch_size": "the largest micro-batch that fits",
    "train.checkpoint_interval_hours": "checkpoints at the best interval",
}
"""What a setting means that is left to the planner."""


def steps_of(kind: str, settings: Sequence[str]) -> list[str]:
    """What to do: set it, then what the kind of change asks for."""
    lead = "plan the pilot with" if kind == "pilot" else "plan again with"
    return [f"{lead} {' '.join(f'--set {shlex.quote(word)}' for word in settings)}", *_STEPS.get(kind, ())]


def change_words(move: Move, recipes: Recipes, r: int, names: Mapping[str, Sequence[str]]) -> str:
    """The change of a recipe in words: what is new, and what it replaces; `names` has methods and stacks."""
    if move.path in names:
        own = recipes.method[r] if move.path == "method" else recipes.stack[r]
        new, old = (names[move.path][one] for one in (move.value, int(own)))
        if move.path == "method":
            new, old = method_name(new), method_name(old)
        return f"{new} instead of {old}"
    own_value = decode(move.path, float(recipes.columns[move.path][r]))
    if move.path == "train.packing":
        return "pack samples into full sequences" if move.value else "pad samples instead of packing them"
    return f"{_value(move.path, move.value)} instead of {_bare(move.path, own_value)}"


def _value(path: str, value: Any) -> str:  # noqa: ANN401 - any scenario value
    if value is None:
        return _LEFT[path]
    told = _NAMES[path].format(_bare(path, value))
    return told.removesuffix("s") if told == "1 epochs" else told


def _bare(path: str, value: Any) -> str:  # noqa: ANN401 - any scenario value
    if path == "dataset.share":
        return f"{value_words(100 * value)} %"
    if value is None:
        return "what the planner chose"
    return str(value) if isinstance(value, bool) else value_words(value)


def set_words(move: Move, recipes: Recipes, r: int, scenario: FineTune, names: Mapping[str, Sequence[str]],
              methods: Sequence[MethodChoice]) -> list[str]:  # fmt: skip
    """The change as `--set` words: on the axis where the scenario sweeps the value, else on the value itself."""
    if move.path == "stack":
        return [f"stacks=[{names['stack'][move.value]}]"]
    if move.path == "method":
        return [f"methods=[{_method(methods[move.value], {}, scenario)}]"]
    written = _yaml(move.value)
    if move.path in scenario.axes:
        # An axis cannot be left empty; what the planner is to choose is no axis any more.
        return (
            [f"axes.{move.path}=null", f"{move.path}=null"] if move.value is None else [f"axes.{move.path}=[{written}]"]
        )
    if not move.path.startswith("method."):
        return [f"{move.path}={written}"]
    choice = methods[int(recipes.method[r])]
    return [f"methods=[{_method(choice, {move.path.removeprefix('method.'): move.value}, scenario)}]"]


def _method(choice: MethodChoice, changed: Mapping[str, Any], scenario: FineTune) -> str:
    """A method as a scenario writes it, with the options that are not the default."""
    options = {**choice.options, **changed}
    told = {
        name: value
        for name, value in options.items()
        if value is not None and value != DEFAULT_OPTIONS[name] and f"method.{name}" not in scenario.axes
    }
    return f"{{{choice.name}: {{{', '.join(f'{k}: {_yaml(v)}' for k, v in told.items())}}}}}" if told else choice.name


def _yaml(value: Any) -> str:  # noqa: ANN401 - any scenario value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
