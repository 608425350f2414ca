"""From a row of the search to a `Configuration`: every figure with its band, label and parts."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate import bands
from planner.estimate.cost import labour_usd, management_usd, tax_usd
from planner.estimate.memory_metrics import nvidia_smi_gib, reserved_gib
from planner.estimate.pairs import CHECKPOINTING
from planner.estimate.parallel import PARALLELISM
from planner.estimate.spread import memory_sd
from planner.estimate.standing import Standing, own_standing, standing
from planner.estimate.training import Detail, detail
from planner.kinds.break_even import break_even_per_hour
from planner.kinds.commitment import commitment_of
from planner.kinds.evaluate import Picked, pick
from planner.kinds.naming import axis_values, offer_identity, recipe_identity
from planner.kinds.preemption import preemption_source
from planner.kinds.private import private_text
from planner.kinds.problem import Problem
from planner.kinds.quality_label import quality_label
from planner.kinds.timed_price import timed_price
from planner.outcome import Configuration, CostParts, Hardware, HourParts, Memory, Offer, Work
from planner.space.identity import canonical, configuration_id
from planner.units import Z90

TIGHT = "; tight: its band reaches beyond the card"
MEMORY_METRIC = "allocated by PyTorch, plus the CUDA context"
_OF_START: Final = {
    "mean": "; averaged over all starts, whose spread is not in the band",
    "best": "; from the best start",
    "given": "",
}
BATCH = 1_000
"""Configurations described at a time."""


def describe(problem: Problem, rows: Ints) -> list[Configuration]:
    """Configurations of these rows, in this order."""
    found: list[Configuration] = []
    for start in range(0, len(rows), BATCH):
        picked = pick(problem, rows[start : start + BATCH])
        shaped = picked.block.shaped
        fine = detail(
            shaped.recipes, shaped.pairs, shaped.work, problem.lengths, problem.facts, picked.pair, shaped.choice
        )
        figures = picked.figures()
        spreads = picked.joined.spreads()
        found += [_One(problem, picked, fine, figures, spreads, k).configuration() for k in range(len(picked.offer))]
    return found


class _One:
    """One row, looked at closely."""

    def __init__(
        self,
        problem: Problem,
        picked: Picked,
        fine: Detail,
        figures: dict[str, Floats],
        spreads: tuple[Floats, Floats],
        k: int,
    ) -> None:
        self.problem, self.picked, self.fine, self.k = problem, picked, fine, k
        self.figures = {name: float(column[k]) for name, column in figures.items()}
        self.hours_sd, self.cost_sd = (float(np.broadcast_to(sd, picked.joined.hours.shape)[0, k]) for sd in spreads)
        self.r, self.o, self.pair = int(picked.recipe[k]), int(picked.offer[k]), int(picked.pair[k])
        self.offers = problem.space.market.offers
        self.recipes, self.shaped = picked.block.recipes, picked.block.shaped
        self.quality = picked.block.quality
        self.timed = timed_price(picked, k)

    def configuration(self) -> Configuration:
        recipe, offer = recipe_identity(self.problem, self.recipes, self.r), offer_identity(self.problem, self.o)
        cost, hours, q, carbon = (self.figures[name] for name in ("cost", "time", "quality", "carbon"))
        q_lo, q_hi = (float(end[self.r]) for end in self.quality.band(Z90))
        cost_band, hour_band = self._band(cost, self.cost_sd), self._band(hours, self.hours_sd)
        carbon_band = self._band(carbon, bands.CARBON_SD)
        partial = not (self.offers.storage_known[self.o] and self.offers.egress_known[self.o])
        carbon_known = bool(self.offers.carbon_known[self.o])
        return Configuration(
            id=configuration_id(canonical(recipe), canonical(offer)),
            model=recipe["model"],
            method=recipe["method"],
            stack=recipe["stack"],
            train=recipe["train"] | self._inner(),
            axes=axis_values(self.problem, self.recipes, self.r),
            hardware=self._hardware(offer),
            offer=self._offer(offer),
            cost_usd=_known(cost),
            cost_usd_lo=cost_band[0],
            cost_usd_hi=cost_band[1],
            cost_usd_label=self._cost_label(partial=partial),
            hours=_known(hours),
            hours_lo=hour_band[0],
            hours_hi=hour_band[1],
            hours_label=f"speed {self._standing_of('throughput')}",
            quality=_known(q),
            quality_lo=_known(q_lo),
            quality_hi=_known(q_hi),
            quality_label=quality_label(self.problem, int(self.recipes.model[self.r])),
            carbon_kg=_known(carbon),
            carbon_kg_lo=carbon_band[0],
            carbon_kg_hi=carbon_band[1],
            carbon_kg_label="estimate" if carbon_known else "partial: grid intensity is a world average",
            memory_gib=self._memory(),
            cost_parts=self._cost_parts(),
            hour_parts=self._hour_parts(),
            work=self._work(),
            quality_parts=self._quality_parts(),
            unknown=self._unknown(),
        )

    def _cost_label(self, *, partial: bool) -> str:
        told = "partial: storage or egress price is a default" if partial else "estimate"
        return told if self.timed is None else f"{told}{_OF_START[self.timed.taken]}"

    @staticmethod
    def _band(value: float, sd: float) -> tuple[float | None, float | None]:
        low, high = bands.band(value, sd)
        return _known(float(low)), _known(float(high))

    def _inner(self) -> dict[str, Any]:
        choice = self.shaped.choice
        interval = float(self.picked.joined.timing.interval_hours[0, self.k])
        inner: dict[str, Any] = {
            "micro_batch_size": int(choice.micro_batch[self.pair]),
            "grad_accum": int(choice.grad_accum[self.pair]),
            "checkpointing": CHECKPOINTING[choice.checkpointing[self.pair]],
            "parallelism": PARALLELISM[choice.parallelism[self.pair]],
        }
        pairs = self.shaped.pairs
        inner["attention"] = "flash" if pairs.flash[self.pair] else "eager" if pairs.eager[self.pair] else "efficient"
        inner["loss_kernel"] = "fused" if pairs.fused_loss[self.pair] else "standard"
        sessions = int(self.picked.joined.timing.sessions[0, self.k])
        if sessions > 1:
            inner["sessions"] = sessions
        if math.isfinite(interval):
            inner["checkpoint_interval_hours"] = interval
        return inner

    def _hardware(self, offer: dict[str, Any]) -> Hardware:
        gpu = self.problem.facts.catalog.gpus[self.offers.gpu[self.o]]
        return Hardware(
            gpu=offer["gpu"],
            count=offer["count"],
            nodes=1,
            parallelism=PARALLELISM[self.shaped.choice.parallelism[self.pair]],
            memory_per_gpu_gib=gpu.usable_gib,
        )

    def _offer(self, offer: dict[str, Any]) -> Offer:
        spot = bool(self.offers.spot[self.o])
        return Offer(
            provider=offer["provider"],
            instance=offer["instance"],
            region=offer["region"],
            tier=offer["tier"],
            price_usd_per_hour=_known(float(self.offers.price_usd_per_hour[self.o])),
            timed=self.timed,
            commitment=commitment_of(self.problem, self.o),
            as_of=str(self.offers.as_of[self.o]),
            price_confidence=str(self.offers.confidence[self.o]),
            private=private_text(self.offers, self.problem.facts.catalog, self.o),
            service=offer.get("service", ""),
            country=str(self.offers.country[self.o]),
            spot_twin_usd_per_hour=self._twin_price(),
            host_memory_gib=_known(float(self.offers.memory_gib[self.o])),
            preemption_per_hour=_known(float(self.offers.preemption_per_hour[self.o])) if spot else None,
            preemption_break_even_per_hour=break_even_per_hour(self.problem, self.picked, self.k) if spot else None,
            preemption_wait_hours=float(self.offers.wait_hours[self.o]) if spot else None,
            preemption_source=preemption_source(self.problem.facts.catalog, self.offers, self.o) if spot else "",
        )

    def _twin_price(self) -> float | None:
        shared = float(self.recipes.number("train.spot_share")[self.r]) > 0
        return _known(float(self.offers.spot_twin_usd_per_hour[self.o])) if shared else None

    def _memory(self) -> Memory:
        m, k = self.fine.memory, self.k
        total = float(m.total[k])
        sd = memory_sd(self.problem.facts)[self.shaped.pairs.stack[self.pair], self.shaped.pairs.method[self.pair]]
        stands = self._standing_of("memory")
        low, high = bands.band(total, sd * stands.wider)
        gpu = self.problem.facts.catalog.gpus[self.offers.gpu[self.o]]
        context = float(np.broadcast_to(m.context, m.weights.shape)[k])
        return Memory(
            total=total,
            total_lo=float(low),
            total_hi=float(high),
            label=str(stands) + (TIGHT if high > gpu.usable_gib else ""),
            metric=MEMORY_METRIC,
            phase="optimizer step" if m.step_phase[k] else "backward",
            usable=gpu.usable_gib,
            weights=float(m.weights[k]),
            adapters=float(m.adapters[k]),
            gradients=float(m.gradients[k]),
            optimizer=float(m.optimizer[k]),
            activations=float(m.activations[k]),
            logits=float(m.logits[k]),
            temporary=float(m.temporary[k]),
            context=context,
            reserved=float(reserved_gib(m, gpu.usable_gib)[k]),
            nvidia_smi=float(nvidia_smi_gib(m, self.problem.facts.calibration, gpu.usable_gib)[k]),
        )

    def _standing_of(self, quantity: str) -> Standing:
        """What the estimate of memory or speed rests on: runs of the user's own before published ones."""
        facts, pairs, pair = self.problem.facts, self.shaped.pairs, self.pair
        catalog, card = facts.catalog, facts.catalog.gpus[int(pairs.gpu[pair])]
        stack = catalog.stacks[int(pairs.stack[pair])].id
        own = facts.calibration.own_band(quantity, stack, card.id)
        method = catalog.methods[int(pairs.method[pair])].id
        parameters = float(facts.arch.params_total[pairs.model[pair]])
        if own is not None:
            return own_standing(own, method, parameters)
        words = {"stack": stack, "method": method}
        if quantity == "throughput":
            words |= {"generation": card.generation, "gpu": card.id}
        figures = {
            "parameters": parameters,
            "length_tokens": float(self.shaped.work.sequence[self.r]),
            "micro_batch_tokens": float(self.shaped.choice.tokens[pair]),
            "gpus": float(pairs.gpus[pair]),
        }
        return standing(facts.calibration, quantity, words, figures)

    def _cost_parts(self) -> CostParts:
        cost = self.picked.joined.cost
        names = ("compute", "storage", "egress", "reruns")
        people, labour, management = self.problem.labour, None, None
        if people is not None:
            labour = labour_usd(people.setup_hours, people.usd_per_hour)
            management = _known(management_usd(people.management_percent, self.figures["cost"], labour))
        return CostParts(
            **{name: _known(float(getattr(cost, name)[0, self.k])) for name in names},
            labour=labour,
            management=management,
            tax=None if self.problem.tax is None else _known(tax_usd(self.problem.tax.percent, self.figures["cost"])),
        )

    def _hour_parts(self) -> HourParts:
        hours = self.picked.joined.timing.hours
        return HourParts(**{name: float(getattr(hours, name)[0, self.k]) for name in HourParts.model_fields})

    def _work(self) -> Work:
        shaped, choice, k = self.shaped, self.shaped.choice, self.k
        step, gpus = self.fine.step, float(shaped.pairs.gpus[self.pair])
        per_step = float(choice.tokens[self.pair] * choice.grad_accum[self.pair] * choice.replicas[self.pair])
        steps, seconds = float(shaped.work.steps[self.r]), float(step.total[k])
        return Work(
            steps=steps,
            tokens=per_step * steps,
            useful_tokens=float(shaped.work.useful_tokens[self.r]),
            cut_sample_share=self.problem.lengths.cut_share(float(shaped.work.sequence[self.r])),
            lost_token_share=1.0 - float(shaped.work.kept_share[self.r]),
            tokens_per_micro_batch=float(choice.tokens[self.pair]),
            flops_per_token=float(self.fine.flops_per_token[k]),
            step_s=seconds,
            tokens_per_s_per_gpu=per_step / gpus / seconds,
            hfu=float(self.fine.hfu[k]),
            mfu=float(self.fine.mfu[k]),
            step_parts_s={
                name: float(getattr(step, name)[k])
                for name in ("matmul", "attention", "launch", "dequantise", "communication", "optimizer", "bubble")
            },
        )

    def _quality_parts(self) -> dict[str, float | None]:
        q, r = self.quality, self.r
        parts: Sequence[tuple[str, float]] = (
            ("base", q.base[r]),
            ("gain", q.gain[r]),
            ("method", q.method[r]),
            ("capacity", -q.capacity[r]),
            ("overfit", -q.overfit[r]),
            *([] if math.isnan(q.offset_sd) else [("yours", q.offset)]),
            ("points", self.problem.baseline.points[self.recipes.model[r]]),
        )
        return {name: _known(float(value)) for name, value in parts}

    def _unknown(self) -> list[str]:
        reasons = {
            "cost": "no price known",
            "time": "no duration known",
            "quality": f"no comparable {self.problem.baseline.benchmark.id} score of the base model",
            "carbon": "no grid intensity known",
        }
        return [f"{name}: {reasons[name]}" for name in self.problem.objectives if math.isnan(self.figures[name])]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
