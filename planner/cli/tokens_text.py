"""What `planner tokens` prints: the figures as data, and as tables with the rules they rest on."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, Final

from planner.cli.catalog_rows import Row
from planner.cli.tables import table
from planner.prompts import parts, pasted, repeats
from planner.prompts.counting import ESTIMATE_HIGH, ESTIMATE_LOW
from planner.prompts.money import THOUSAND
from planner.prompts.options import RISKS
from planner.source.excerpt import shortened, visible
from planner.units import share_text, significant, usd

if TYPE_CHECKING:
    from planner.prompts.measuring import Measured
    from planner.prompts.money import Bill
    from planner.prompts.options import Option

_EXCERPT: Final = 60


def as_data(measured: Measured, bill: Bill | None) -> dict[str, Any]:
    """All figures with their units in their names; what is not known is NaN."""
    n = measured.lengths
    low, high = (1.0, 1.0) if measured.exact else (ESTIMATE_LOW, ESTIMATE_HIGH)
    data: dict[str, Any] = {
        "prompts": n.prompts,
        "sampled": measured.sampled,
        "every": measured.step,
        "counted_by": "tokenizer" if measured.exact else "bytes",
        "tokens": {
            "total": round(n.total),
            "total_lo": round(n.total * low),
            "total_hi": round(n.total * high),
            "mean": n.mean,
            "p50": n.p50,
            "p95": n.p95,
            "max": n.most,
            "answer_mean": n.answer_mean,
        },
        "parts": [
            {"part": one.kind, "tokens": one.tokens, "share": one.share, "prompts": one.prompts}
            for one in measured.shares
        ],
        "template_tokens": measured.template_tokens,
        "prompt_efficiency": measured.efficiency,
        "repeated": {
            "common_beginning_tokens": measured.common_tokens,
            "shared_beginning_tokens": measured.shared_tokens,
            "block_tokens": measured.repeated_tokens,
            "block_share": measured.repeated_share,
            "whole_prompts": n.repeats,
            "whole_prompts_at_least": not n.all_known,
            "blocks": [
                {"text": _excerpt(block.text), "times": block.times, "tokens": block.tokens}
                for block in measured.blocks
            ],
        },
        "options": [_option(measured, option, bill) for option in measured.options],
        "rules": rules(measured, bill),
    }
    if bill is not None:
        data["price"] = {
            "model": bill.api.id,
            "input_usd_per_mtok": bill.api.input_usd_per_mtok,
            "cached_input_usd_per_mtok": bill.api.cached_input_usd_per_mtok,
            "output_usd_per_mtok": bill.api.output_usd_per_mtok,
            "as_of": bill.api.as_of,
            "doubt": bill.api.doubt,
            "requests_per_month": bill.requests_per_month,
            "prompt_usd_per_1000": THOUSAND * bill.input_usd(measured),
            "usd_per_1000": THOUSAND * bill.request_usd(measured),
            "usd_per_month": bill.requests_per_month * bill.request_usd(measured),
        }
    return data


def _option(measured: Measured, option: Option, bill: Bill | None) -> Row:
    cached = option.cached_tokens
    row: Row = {
        "option": option.name,
        "risk": option.risk,
        "prompts": option.prompts,
        "saved_tokens": option.saved_tokens,
        "saved_share": option.saved_share,
        "cacheable_tokens": 0.0 if cached is None else float(cached.mean()),
        "note": option.note,
    }
    if bill is not None:
        saved = bill.saved_usd(measured, option)
        if cached is not None and bill.api.caches:
            row["note"] = f"long enough to be read in {_percent(bill.readable(cached))} of the prompts"
        row |= {"saved_usd_per_1000": THOUSAND * saved, "saved_usd_per_month": bill.requests_per_month * saved}
    return row


def rules(measured: Measured, bill: Bill | None) -> list[str]:
    """What the figures rest on."""
    found = [parts.RULES, pasted.RULES, repeats.RULES, "prompt efficiency is question and context over all tokens"]
    if not measured.exact:
        found.insert(
            0, "tokens are bytes over 4 (3.5 to 4.5 for English and code, less for others); --tokenizer counts them"
        )
    if measured.step > 1:
        found.append(
            f"lengths and whole repeats are of all prompts, the rest of every {measured.step:,}th, "
            f"{measured.sampled:,} of them"
        )
    if not measured.lengths.all_known:
        found.append("there are more different prompts than are remembered: whole repeats are at least so many")
    found += [f"risk {risk}: {said}" for risk, said in RISKS.items() if any(o.risk == risk for o in measured.options)]
    return found + _money_rules(measured, bill)


def _money_rules(measured: Measured, bill: Bill | None) -> list[str]:
    if bill is None:
        return []
    found = ["money of each option alone, against prompts that are sent whole and nothing cached; they do not add up"]
    caching = bill.api.caching
    if not bill.api.caches or caching is None:
        found.append(f"no cached price is listed for {bill.api.id}: caching saves nothing that is known")
    else:
        warm = share_text(bill.warm, 1) if bill.warm < 1.0 else "always"
        found.append(
            f"the cache reads beginnings of {caching.minimum_tokens:,} tokens or more that another prompt has, and is "
            f"warm {warm} (evenly by chance, {caching.life_minutes:g} min of life)"
        )
    if bill.api.doubt:
        found.append(f"the price is doubtful: {bill.api.doubt}")
    if isnan(measured.lengths.answer_mean):
        found.append("the file holds no answers: what they cost is unknown")
    return found


def as_text(measured: Measured, bill: Bill | None, form: str) -> str:
    """Tables for a terminal, or of Markdown."""
    data = as_data(measured, bill)
    n, tokens = measured.lengths, data["tokens"]
    about = "" if measured.exact else f" ({tokens['total_lo']:,} to {tokens['total_hi']:,})"
    head = [
        f"{n.prompts:,} prompts, {tokens['total']:,} tokens{about}, prompt efficiency {_percent(measured.efficiency)}"
    ]
    if bill is not None:
        month = data["price"]["usd_per_month"]
        cost = f"{bill.api.id}: {usd(data['price']['prompt_usd_per_1000'])} per 1,000 prompts"
        cost += f", {usd(data['price']['usd_per_1000'])} with their answers"
        head.append(cost + ("" if isnan(month) else f", {usd(month)} a month"))
    lengths = {name: _whole(tokens[name]) for name in ("mean", "p50", "p95", "max", "answer_mean")}
    sections = [("Tokens of a prompt", [lengths]), ("What they are spent on", _parts(measured))]
    sections.append(("What is sent again", _again(measured)))
    if measured.blocks:
        sections.append(("Blocks sent again most", [_block_row(row) for row in data["repeated"]["blocks"]]))
    if measured.options:
        sections.append(("What could be saved, per prompt", [_option_row(row, bill) for row in data["options"]]))
    mark = "## " if form == "markdown" else ""
    blocks = ["\n".join(head)] + [f"{mark}{title}\n{_gap(form)}{table(rows, form)}" for title, rows in sections]
    return "\n\n".join([*blocks, "\n".join(f"- {rule}" for rule in data["rules"])])


def _gap(form: str) -> str:
    return "\n" if form == "markdown" else ""


def _parts(measured: Measured) -> list[Row]:
    rows: list[Row] = [
        {"part": one.kind, "tokens": _whole(one.tokens), "share": _percent(one.share), "prompts": f"{one.prompts:,}"}
        for one in measured.shares
    ]
    return rows


def _again(measured: Measured) -> list[Row]:
    n = measured.lengths
    least = "" if n.all_known else "at least "
    return [
        {"what": "beginning that all prompts have", "tokens": _whole(measured.common_tokens), "share": ""},
        {
            "what": "beginning that another prompt has", "tokens": _whole(measured.shared_tokens),
            "share": _percent(measured.shared_tokens / _mean(measured)),
        },
        {
            "what": "blocks that came before", "tokens": _whole(measured.repeated_tokens),
            "share": _percent(measured.repeated_share),
        },
        {"what": "prompts that came before", "tokens": "", "share": least + _percent(n.repeats / n.prompts)},
    ]  # fmt: skip


def _mean(measured: Measured) -> float:
    """Tokens of the mean prompt of the sample."""
    return sum(one.tokens for one in measured.shares)


def _block_row(row: Row) -> Row:
    return {"times": f"{row['times']:,}", "tokens": _whole(row["tokens"]), "block": row["text"]}


def _option_row(row: Row, bill: Bill | None) -> Row:
    shown: Row = {
        "option": row["option"],
        "tokens": _whole(row["saved_tokens"]),
        "share": _percent(row["saved_share"]),
        "cacheable": _whole(row["cacheable_tokens"]),
    }
    if bill is not None:
        shown["usd_per_1000"] = usd(row["saved_usd_per_1000"])
        if not isnan(bill.requests_per_month):
            shown["usd_per_month"] = usd(row["saved_usd_per_month"])
    return shown | {"risk": row["risk"], "note": row["note"]}


def _excerpt(text: str) -> str:
    return shortened(visible(" ".join(text[: 10 * _EXCERPT].split())), _EXCERPT)


def _percent(share: float) -> str:
    return share_text(share, 1)


def _whole(tokens: float) -> str:
    return f"{tokens:,.0f}" if tokens >= 1000 else significant(tokens)
