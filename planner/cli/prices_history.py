"""`planner prices history` and `alerts`: how prices moved, and which moved enough to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import price_options, prices_edge
from planner.cli.environment import Settings, tell_once
from planner.cli.price_matches import held_names, what_there_is, with_families
from planner.cli.price_options import (
    history_folder,
    kept_in,
    opened,
    picked,
    picking,
    printed,
    shows_bars,
    span,
    tell_ahead,
)
from planner.cli.price_recording import recording_text
from planner.cli.price_rows import change_text, course, rate_text
from planner.cli.tables import as_json, table
from planner.errors import ExitCode, InputError, PlannerError

if TYPE_CHECKING:
    from planner.catalog.prices.alerts import Alert
    from planner.catalog.prices.row import Key
    from planner.catalog.prices.series import PriceSeries
    from planner.catalog.prices.trends import Trends

_SHOWN = 40
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=366)
"""Of the time over which a move is told."""
_COURSE = 24
_DAYS = 30
_BAR = 40


@click.command("history")
@click.argument("snapshots", metavar="[SNAPSHOT]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--import", "taking", is_flag=True, help="Record the prices of every SNAPSHOT, by the day each was seen.")
@kept_in
@picking
@click.option("--limit", type=click.IntRange(min=1), help=f"Prices to show. Default: {_SHOWN}, and all as JSON.")
@click.option("--chart", type=click.Path(path_type=Path), help="Also draw the prices shown, into this SVG file.")
@printed
@click.pass_context
def history(
    context: click.Context, snapshots: tuple[Path, ...], taking: bool, folder: Path | None, gpu: tuple[str, ...],
    provider: tuple[str, ...], instance: tuple[str, ...], region: tuple[str, ...], tier: tuple[str, ...],
    limit: int | None, chart: Path | None, form: str,
) -> None:  # fmt: skip
    """Show how prices moved: over 24 h, 7 d and 30 d, lowest, highest, volatility, and their course.

    A change is that of the newest price against the last one seen at or before the window's start; it is unknown
    where there is none, or where nothing was seen since. Volatility is the standard deviation of daily log changes.

    \b
    Example: planner prices history --history prices-seen --gpu h100-sxm --tier spot
             planner prices history --history prices-seen --import snapshots/*.csv
    """  # noqa: D301 - click wants the character itself
    if bool(snapshots) != taking:
        message = "--import and SNAPSHOT go together: planner prices history --import FILE…"
        raise InputError(message)
    if taking:
        _import(context, snapshots, history_folder(context, folder))
        return
    from planner.catalog.prices.series import read_series
    from planner.catalog.prices.trends import trends

    held = opened(context, folder)
    moment = price_options.now()
    wanted = picked(gpu=gpu, provider=provider, instance=instance, region=region, tier=tier)
    names = held_names(held) if wanted else []
    wanted = with_families(wanted, names, context.ensure_object(Settings).load_catalog)
    moved = trends(held, wanted, moment)
    tell_ahead(held, moment)
    if form == "json":
        click.echo(as_json(trend_data(moved)[:limit]))
    elif not len(moved):
        click.echo("nothing matches")
    if not len(moved):
        for line in what_there_is(wanted, names):
            click.echo(line, err=True)
    shown = moved.keys[: limit or _SHOWN]
    drawn = bool(shown) and (form != "json" or chart is not None)
    courses = _courses(read_series(held, _only(shown, wanted), moment), shown) if drawn else {}
    if len(moved) and form != "json":
        click.echo(table(_trend_rows(moved, courses, len(shown), moment), form))
        if len(moved) == 1 and form == "table":
            click.echo(f"\n{_bars(courses[shown[0]], moment)}")
        click.echo(f"{len(shown):,} of {len(moved):,} prices", err=True)
    if chart is not None and shown:
        _draw(chart, [courses[key] for key in shown])


@click.command("alerts")
@kept_in
@picking
@click.option("--drop", type=click.FloatRange(0, 100), default=10.0, show_default=True, help="Fall that is told, in %.")
@click.option("--surge", type=click.FloatRange(min=0), default=20.0, show_default=True, help="Rise, in %.")
@click.option("--window", default="24 h", show_default=True, help="Time over which: 24 h, 7 d.")
@click.option(
    "--floor",
    type=click.FloatRange(min=0),
    default=0.02,
    show_default=True,
    help="Least move that is told, in USD per card and hour.",
)
@printed
@click.pass_context
def alerts(
    context: click.Context, folder: Path | None, gpu: tuple[str, ...], provider: tuple[str, ...],
    instance: tuple[str, ...], region: tuple[str, ...], tier: tuple[str, ...], drop: float, surge: float, window: str,
    floor: float, form: str,
) -> int:  # fmt: skip
    """Say which prices fell or rose by more than they may, or are out of line with their last 30 days.

    Out of line is a modified z (0.6745 x distance from the median over the median distance) above 3.5, and 5 % off the
    median, over 7 days with a price at least. Exits 0 without any alert and 5 with one.

    Example: planner prices alerts --history prices-seen --gpu h100-sxm --drop 5
    """
    from planner.catalog.prices.alerts import Thresholds
    from planner.catalog.prices.alerts import alerts as found_in

    over = span(window, "--window", _SHORTEST, _LONGEST)
    limits = Thresholds(drop=drop / 100, surge=surge / 100, window=over, floor_usd_per_gpu_hour=floor)
    wanted = picked(gpu=gpu, provider=provider, instance=instance, region=region, tier=tier)
    held, moment = opened(context, folder), price_options.now()
    if gpu:
        wanted = with_families(wanted, held_names(held), context.ensure_object(Settings).load_catalog)
    tell_ahead(held, moment)
    found = found_in(held, wanted, moment, limits)
    if form == "json":
        click.echo(as_json([alert_data(alert) for alert in found]))
    elif found:
        click.echo(table(alert_rows(found), form))
    else:
        click.echo("no price moved that far")
    return ExitCode.GATE if found else ExitCode.OK


def alert_rows(found: Sequence[Alert]) -> list[dict[str, str]]:
    """Alerts for a table."""
    return [
        {
            "alert": alert.kind,
            "offer": " ".join(alert.key),
            "gpu": alert.gpu,
            "USD/h": rate_text(alert.usd_per_hour),
            "against": rate_text(alert.reference_usd_per_hour),
            "change": change_text(alert.change),
            "z": "unknown" if math.isnan(alert.z) else f"{alert.z:.1f}",
            "seen (UTC)": f"{alert.seen_at:%Y-%m-%d %H:%M}",
        }
        for alert in found
    ]


def alert_data(alert: Alert) -> dict[str, Any]:
    """An alert for JSON."""
    return {
        "kind": alert.kind, **_key_data(alert.key), "gpu": alert.gpu, "usd_per_hour": alert.usd_per_hour,
        "reference_usd_per_hour": alert.reference_usd_per_hour, "change": alert.change, "z": alert.z,
        "seen_at": f"{alert.seen_at.isoformat()}Z",
    }  # fmt: skip


def trend_data(moved: Trends) -> list[dict[str, Any]]:
    """Trends for JSON."""
    return [
        {
            **_key_data(key), "gpu": moved.gpu[at], "gpu_count": int(moved.gpu_count[at]),
            "usd_per_hour": float(moved.usd_per_hour[at]), "seen_at": _iso(moved.seen_at[at]),
            **{f"change_{name}": float(values[at]) for name, values in moved.change.items()},
            "lowest_usd_per_hour": float(moved.lowest[at]), "lowest_at": _iso(moved.lowest_at[at]),
            "highest_usd_per_hour": float(moved.highest[at]), "highest_at": _iso(moved.highest_at[at]),
            "volatility": float(moved.volatility[at]), "sightings": int(moved.sightings[at]),
        }
        for at, key in enumerate(moved.keys)
    ]  # fmt: skip


def _trend_rows(moved: Trends, courses: dict[Key, PriceSeries], limit: int, moment: datetime) -> list[dict[str, str]]:
    unicode = shows_bars()
    rows = []
    for at, key in enumerate(moved.keys[:limit]):
        rows.append(
            {
                "offer": " ".join(key), "gpu": f"{moved.gpu_count[at]}x {moved.gpu[at]}",
                "USD/h": rate_text(moved.usd_per_hour[at]), "seen (UTC)": _minute(moved.seen_at[at]),
                **{name: change_text(values[at]) for name, values in moved.change.items()},
                "lowest": rate_text(moved.lowest[at]), "on": _day(moved.lowest_at[at]),
                "highest": rate_text(moved.highest[at]), "on ": _day(moved.highest_at[at]),
                "volatility": "unknown" if math.isnan(moved.volatility[at])
                else f"{100 * moved.volatility[at]:.1f} %",
                f"last {_COURSE} days": course(_prices(_last_days(courses[key], moment, _COURSE)), unicode),
            }
        )  # fmt: skip
    return rows


def _last_days(series: PriceSeries, moment: datetime, count: int) -> list[tuple[str, float]]:
    """Each of the last days, and its last price; NaN for a day without one."""
    from planner.catalog.prices.forecast import closes

    days, prices = closes(series.seen_at, series.usd_per_hour)
    known = dict(zip(days.astype(str).tolist(), prices.tolist(), strict=True))
    wanted = [(moment - timedelta(days=back)).strftime("%Y-%m-%d") for back in reversed(range(count))]
    return [(day, known.get(day, float("nan"))) for day in wanted]


def _prices(days: Sequence[tuple[str, float]]) -> list[float]:
    return [price for _, price in days]


def _bars(series: PriceSeries, moment: datetime) -> str:
    """One bar for each of the last days with a price."""
    days = [(day, price) for day, price in _last_days(series, moment, _DAYS) if not math.isnan(price)]
    if not days:
        return f"nothing was seen in the last {_DAYS} days"
    block = "█" if shows_bars() else "#"
    top = max(price for _, price in days)
    return "\n".join(
        f"{day}  {rate_text(price):>9}  {block * max(round(_BAR * price / top), 1)}" for day, price in days
    )


def _only(keys: Sequence[Key], wanted: dict[str, Any]) -> dict[str, Any]:
    """Filters that let these keys through, and little more."""
    columns = zip(("provider", "instance", "region", "tier"), zip(*keys, strict=True), strict=True)
    return {**wanted, **{name: tuple(sorted(set(values))) for name, values in columns}}


def _courses(series: Sequence[PriceSeries], keys: Sequence[Key]) -> dict[Key, PriceSeries]:
    shown = set(keys)
    return {one.key: one for one in series if one.key in shown}


def _import(context: click.Context, snapshots: Sequence[Path], folder: Path) -> None:
    """Record snapshots, oldest first: all of them, or none where anything is wrong with one."""
    from planner.catalog.prices.checking import Known
    from planner.catalog.prices.doubts import doubts
    from planner.catalog.prices.history import Recording
    from planner.catalog.prices.refreshing import QUARANTINE
    from planner.catalog.prices.snapshot import read_snapshot

    bundled = prices_edge.bundled(context.ensure_object(Settings))
    known = Known.of(bundled)
    wrong, read = [], []
    for path in snapshots:
        if path.name.endswith(QUARANTINE):
            click.echo(f"{path}: left out: its prices wait to be confirmed", err=True)
            continue
        try:
            read.append((path, snapshot := read_snapshot(path, known)))
            if snapshot.rows:
                for doubt in doubts(snapshot, path, bundled):
                    tell_once(doubt)
        except PlannerError as error:
            wrong.append(str(error))
    recording, done = Recording(folder, price_options.now()), []
    for path, snapshot in sorted(read, key=lambda one: one[1].day):
        try:
            what = recording_text(recording.add_dated(snapshot.rows, asked_now=False))
            done.append(f"{path}: {what if snapshot.rows else 'holds no price: nothing recorded'}")
        except InputError as error:
            wrong += [f"{path}: {line}" for line in str(error).splitlines()]
    if wrong:
        raise InputError("\n".join([*wrong, f"{folder}: nothing recorded"]))
    recording.write()
    for line in done:
        click.echo(line)


def _draw(path: Path, series: Sequence[PriceSeries]) -> None:
    from planner.files import place
    from planner.report.charts.price_chart import MOST_LINES, PriceLine, price_picture

    lines = [
        PriceLine(" ".join(one.key), tuple(map(_iso, one.seen_at)), tuple(one.usd_per_hour.tolist())) for one in series
    ]
    place({path: price_picture(lines).encode()})
    left_out = f", with the first {MOST_LINES} of {len(series)} prices" if len(series) > MOST_LINES else ""
    click.echo(f"{path} written{left_out}", err=True)


def _key_data(key: Key) -> dict[str, str]:
    return dict(zip(("provider", "instance", "region", "tier"), key, strict=True))


def _iso(at: Any) -> str:  # noqa: ANN401 - a datetime64
    return f"{at.astype('datetime64[s]')}Z"


def _minute(at: Any) -> str:  # noqa: ANN401 - a datetime64
    return str(at.astype("datetime64[m]")).replace("T", " ")


def _day(at: Any) -> str:  # noqa: ANN401 - a datetime64
    return str(at.astype("datetime64[D]"))
