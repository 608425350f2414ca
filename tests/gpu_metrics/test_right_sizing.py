"""Cheaper machines: none without room, each with its saving."""

import dataclasses
import datetime as dt
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.gpu_metrics import GpuMetrics, Limits, Option, Sizing, machine_at, priced, read_gpu_metrics, right_sizing
from planner.gpu_metrics.packing import Need, bins
from tests.gpu_metrics.metric_files import Work, in_hours, plain_rows, steady, text_file

AT = "aws/p5.48xlarge@us-east-1"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def _measured(folder: Path, work: Work, gpus: int = 8) -> GpuMetrics:
    return read_gpu_metrics(text_file(folder, plain_rows(work, hours=12, gpus=gpus)))


def _sized(found: GpuMetrics, catalog: Catalog, **limits: float) -> Sizing:
    return right_sizing(found, machine_at(found, catalog, AT), catalog, Limits(**limits))  # type: ignore[arg-type]


def _cards(sizing: Sizing) -> dict[str, Option]:
    return {one.gpu: one for one in sizing.options}


def test_savings_are_computed_from_the_catalog_s_prices(tmp_path: Path, catalog: Catalog) -> None:
    found = _measured(tmp_path, steady(30, 0.10, 0.05, 12000))
    present = machine_at(found, catalog, AT)
    sizing = right_sizing(found, present, catalog)
    assert len(sizing.options) > 3
    offers = catalog.offers
    for one in sizing.options:
        priced_at = {
            float(price)
            for price, instance, region, provider in zip(
                offers.price_usd_per_hour, offers.instance, offers.region, offers.provider, strict=True
            )
            if (instance, region, offers.providers[provider]) == (one.instance, one.region, one.provider)
        }
        assert any(one.usd_per_month == pytest.approx(one.machines * price * 730) for price in priced_at)
        assert one.saved_usd_per_month == pytest.approx(present.usd_per_month - one.usd_per_month)
        assert one.saved_usd_per_month > 0
        assert one.load_share <= 0.8 + 1e-9
        assert one.memory_share <= 1


def test_memory_in_use_keeps_small_cards_out(tmp_path: Path, catalog: Catalog) -> None:
    small = _cards(_sized(_measured(tmp_path, steady(20, 0.05, 0.02, 16000), 8), catalog, independent=True))
    assert "l40s" in small
    large = _cards(_sized(_measured(tmp_path, steady(20, 0.05, 0.02, 60000), 8), catalog, independent=True))
    least = {gpu.id: gpu.usable_gib for gpu in catalog.gpus}
    assert large
    assert all(least[gpu] >= 60000 / 1024 * 1.1 or least[gpu] >= 79 for gpu in large)


def test_memory_that_is_reserved_bars_smaller_cards_until_the_need_is_told(tmp_path: Path, catalog: Catalog) -> None:
    served = _measured(tmp_path, steady(30, 0.1, 0.05, 73400), 8)
    memory = {gpu.id: gpu.mem_gib for gpu in catalog.gpus}
    assert all(memory[one.gpu] >= 80 for one in _sized(served, catalog).options)
    told = _sized(served, catalog, memory_needed_gib=20.0, independent=True)
    assert any(memory[one.gpu] < 80 for one in told.options)


def test_load_keeps_slow_cards_out(tmp_path: Path, catalog: Catalog) -> None:
    peaks = {gpu.id: gpu.bf16_tflops for gpu in catalog.gpus}
    busy = _sized(_measured(tmp_path, steady(99, 0.75, 0.3, 12000), 8), catalog, independent=True)
    assert all(peaks[one.gpu] >= 0.75 / 0.8 * peaks["h100-sxm"] - 1e-6 for one in busy.options)
    widths = {gpu.id: gpu.mem_bw_gb_s for gpu in catalog.gpus}
    wide = _sized(_measured(tmp_path, steady(99, 0.05, 0.70, 12000), 8), catalog, independent=True)
    assert wide.options
    assert all(widths[one.gpu] >= 0.70 / 0.8 * widths["h100-sxm"] - 1e-6 for one in wide.options)


def test_the_load_is_that_of_the_busy_time(tmp_path: Path, catalog: Catalog) -> None:
    rows = plain_rows(in_hours(9, 10, steady(99, 0.9, 0.8, 60000)), hours=72, gpus=8)
    found = read_gpu_metrics(text_file(tmp_path, rows))
    assert found.gpus[0].sm_active.p95 == 0.0
    assert found.gpus[0].busy_load == pytest.approx(0.9)
    assert all(
        one.gpu[:4] in ("h100", "h200", "b200", "b300", "gb20", "gh20") for one in _sized(found, catalog).options
    )


def test_idle_gpus_are_let_go(tmp_path: Path, catalog: Catalog) -> None:
    busy, idle = steady(60, 0.5, 0.4, 40000), steady(0, 0, 0, 500, 80)
    found = _measured(tmp_path, lambda now, gpu: (busy if gpu < 2 else idle)(now, gpu))
    h100 = _cards(_sized(found, catalog))["h100-sxm"]
    assert (h100.gpus_used, h100.machines, h100.shares_gpus) == (2, 1, True)
    assert h100.gpus_per_machine in (2, 4)


def test_gpus_that_may_talk_need_their_links(tmp_path: Path, catalog: Catalog) -> None:
    found = _measured(tmp_path, steady(30, 0.10, 0.05, 40000))
    together, alone = _sized(found, catalog), _sized(found, catalog, independent=True)
    links = {gpu.id: gpu.nvlink_gb_s > 0 and not gpu.bridge for gpu in catalog.gpus}
    assert all(links[one.gpu] or one.gpus_used == 1 for one in together.options)
    assert any(not links[one.gpu] for one in alone.options)
    assert any("NVLink" in reason for reason in together.left_out)


def test_hosts_stay_apart(tmp_path: Path, catalog: Catalog) -> None:
    busy, idle = steady(30, 0.3, 0.3, 5000), steady(0, 0, 0, 500)

    def work(now: dt.datetime, gpu: int) -> tuple[float, float, float, float, float]:
        return (idle if gpu else busy)(now, gpu)

    rows = [row for host in ("a", "b") for row in plain_rows(work, hours=12, gpus=8, host=host)]
    found = read_gpu_metrics(text_file(tmp_path, rows))
    present = machine_at(found, catalog, AT)
    assert present.machines == 2
    sizing = right_sizing(found, present, catalog)
    assert all(one.machines == 2 for one in sizing.options)
    merged = right_sizing(found, present, catalog, Limits(independent=True))
    assert merged.options[0].usd_per_month < sizing.options[0].usd_per_month


def test_nothing_is_said_where_something_is_unknown(tmp_path: Path, catalog: Catalog) -> None:
    part = _measured(tmp_path, steady(30, 0.1, 0.05, 5000), 5)
    assert "3 GPUs of the machines are not in the file" in _sized(part, catalog).unsized
    rows = [f"2026-11-02T00:{m:02d}:00Z,0,20" for m in range(30)]
    dark = read_gpu_metrics(text_file(tmp_path, rows, "timestamp,gpu,gpu_util"))
    assert right_sizing(dark, priced(dark, catalog, 2.0), catalog).unsized == (
        "the card is not known: name the machine with --at"
    )
    known = machine_at(dark, catalog, "lambda/gpu_1x_h100_sxm5@any")
    assert "memory in use" in right_sizing(dark, known, catalog).unsized
    blind = [f"2026-11-02T00:{m:02d}:00Z,0,2000" for m in range(30)]
    found = read_gpu_metrics(text_file(tmp_path, blind, "timestamp,gpu,memory_used"))
    assert "how busy GPU 0 was" in right_sizing(found, known, catalog).unsized


def test_a_host_without_memory_has_no_room(tmp_path: Path, catalog: Catalog) -> None:
    found = _measured(tmp_path, steady(30, 0.01, 0.01, 5000), 8)
    sizing = _sized(found, catalog)
    assert all(not one.host_memory_gib < 5000 / 1024 + 7.4 for one in sizing.options)
    assert any("host memory" in reason for reason in sizing.left_out)


def test_providers_can_be_named(tmp_path: Path, catalog: Catalog) -> None:
    found = _measured(tmp_path, steady(30, 0.10, 0.05, 12000))
    present = machine_at(found, catalog, AT)
    sizing = right_sizing(found, present, catalog, providers=["aws"])
    assert {one.provider for one in sizing.options} == {"aws"}
    with pytest.raises(InputError, match="no provider 'awz'"):
        right_sizing(found, present, catalog, providers=["awz"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("p5.48xlarge", "names no machine; write PROVIDER/INSTANCE@REGION"),
        ("amazon/p5.48xlarge@us-east-1", "no provider 'amazon'"),
        ("aws/p5.48xlarg@us-east-1", "did you mean 'p5.48xlarge'"),
        ("aws/p5.48xlarge@us-east-11", "did you mean 'us-east-1'"),
        ("aws/g6.xlarge@us-east-1", "the file is of H100-SXM"),
    ],
)
def test_machines_that_are_none(tmp_path: Path, catalog: Catalog, asked: str, told: str) -> None:
    found = _measured(tmp_path, steady(30, 0.10, 0.05, 12000), 1)
    with pytest.raises(InputError) as error:
        machine_at(found, catalog, asked)
    assert told in str(error.value)


def test_several_cards_in_one_file(tmp_path: Path, catalog: Catalog) -> None:
    work = steady(30, 0.10, 0.05, 12000)
    rows = [*plain_rows(work, hours=1), *plain_rows(work, hours=1, host="b", card="Tesla T4")]
    with pytest.raises(InputError, match="several cards"):
        priced(read_gpu_metrics(text_file(tmp_path, rows)), catalog, 1.0)


def test_a_price_of_one_s_own_counts(tmp_path: Path, catalog: Catalog) -> None:
    found = _measured(tmp_path, steady(30, 0.10, 0.05, 12000))
    assert machine_at(found, catalog, AT, 0.5).usd_per_hour == pytest.approx(4.0)


NEEDS = st.lists(
    st.builds(Need, memory=st.floats(0, 1), compute=st.floats(0, 1), bandwidth=st.floats(0, 1)), min_size=1, max_size=9
)


@given(NEEDS)
def test_packing_never_overfills(needs: list[Need]) -> None:
    number = bins(needs)
    for share in ("memory", "compute", "bandwidth"):
        assert number >= math.ceil(sum(getattr(need, share) for need in needs) - 1e-9)
    assert number <= len(needs)
    assert bins(needs[:1]) == 1


def test_packing_of_a_known_case() -> None:
    shares = (0.6, 0.5, 0.5, 0.4)
    assert bins([Need(share, 0, 0) for share in shares]) == 2
    assert bins([Need(share, share, 0.6) for share in shares]) == 4
    assert Need(0.5, math.nan, 0.5).short_of() == "compute"
    assert dataclasses.replace(Need(1, 1, 1), memory=1.01).short_of() == "memory"
