"""What exporters write → how each GPU was used."""

import gzip
import math
from pathlib import Path

import pytest

from planner.gpu_metrics import GpuMetrics, read_gpu_metrics
from tests.gpu_metrics.metric_files import MONDAY, SMI, json_file, plain_rows, steady, text_file

EPOCH = MONDAY.timestamp()


def test_nvidia_smi_with_units_in_cells(tmp_path: Path) -> None:
    rows = [
        f"2026/11/02 00:{minute:02d}:00.123, Tesla T4, 0, {20 + 2 * minute} %, 7 %, 1024 MiB, 15360 MiB, 50.50 W"
        for minute in range(10)
    ]
    found = read_gpu_metrics(text_file(tmp_path, rows, SMI))
    use = found.gpus[0]
    assert (use.name, use.card) == ("0", "Tesla T4")
    assert use.hours == pytest.approx(10 / 60)
    assert use.kernel.mean == pytest.approx(0.29)
    assert use.kernel.p50 == pytest.approx(0.29)
    assert use.kernel.highest == pytest.approx(0.38)
    assert use.memory_copy.mean == pytest.approx(0.07)
    assert [use.used_gib.p99, use.total_gib] == pytest.approx([1.0, 15.0])
    assert use.energy_kwh == pytest.approx(50.5 * 10 / 60 / 1000)
    assert math.isnan(use.sm_active.mean)
    assert "times without a zone are UTC" in found.assumptions


def test_units_left_to_the_header(tmp_path: Path) -> None:
    rows = ["2026/11/02 00:00:00.000, Tesla T4, 0, 45, [N/A], 1024, 15360, [Not Supported]"]
    use = read_gpu_metrics(text_file(tmp_path, rows, SMI)).gpus[0]
    assert (use.kernel.mean, use.used_gib.mean) == (0.45, 1.0)
    assert math.isnan(use.memory_copy.mean)
    assert math.isnan(use.power_w.mean)
    assert math.isnan(use.energy_kwh)


def _same(found: GpuMetrics) -> None:
    """Two GPUs: one at 40 % and 0.3 of its multiprocessors, one idle; 10 of 80 GiB in use."""
    assert [use.name for use in found.gpus] == ["n1/0", "n1/1"]
    assert [use.kernel.mean for use in found.gpus] == pytest.approx([0.4, 0.0])
    assert found.gpus[0].sm_active.mean == pytest.approx(0.3)
    assert [use.used_gib.mean for use in found.gpus] == [10.0, 10.0]
    assert [use.total_gib for use in found.gpus] == [80.0, 80.0]
    assert [use.idle_share for use in found.gpus] == [0.0, 1.0]
    assert found.gpus[0].card == "NVIDIA A100-SXM4-80GB"
    assert found.gpus[0].hours == pytest.approx(20 / 60)


LABELS = {"Hostname": "n1", "modelName": "NVIDIA A100-SXM4-80GB", "instance": "10.0.0.1:9400", "job": "dcgm"}
SERIES = [
    ("DCGM_FI_DEV_GPU_UTIL", (40, 0)), ("DCGM_FI_PROF_SM_ACTIVE", (0.3, 0.0)), ("DCGM_FI_DEV_FB_USED", (10240, 10240)),
    ("DCGM_FI_DEV_FB_FREE", (71680, 71680)),
]  # fmt: skip


def _series() -> list[tuple[dict[str, str], float]]:
    return [
        ({"__name__": name, "gpu": str(gpu), "UUID": f"GPU-{gpu}", **LABELS}, values[gpu])
        for name, values in SERIES for gpu in (0, 1)
    ]  # fmt: skip


def test_answer_of_prometheus(tmp_path: Path) -> None:
    result = [
        {"metric": labels, "values": [[EPOCH + 60 * at, str(value)] for at in range(20)]} for labels, value in _series()
    ]
    _same(read_gpu_metrics(json_file(tmp_path, [{"status": "success", "data": {"result": result}}])))
    _same(read_gpu_metrics(json_file(tmp_path, result)))


def test_export_of_victoria_metrics(tmp_path: Path) -> None:
    times = [round((EPOCH + 60 * at) * 1000) for at in range(20)]
    rows = [{"metric": labels, "values": [value] * 20, "timestamps": times} for labels, value in _series()]
    _same(read_gpu_metrics(json_file(tmp_path, rows)))


def test_named_figures_in_csv_and_json_lines(tmp_path: Path) -> None:
    header = "time,metric,value,Hostname,gpu,modelName"
    named = [
        (EPOCH + 60 * at, labels["__name__"], value, "n1", labels["gpu"], labels["modelName"])
        for labels, value in _series() for at in range(20)
    ]  # fmt: skip
    rows = [",".join(map(str, row)) for row in named]
    _same(read_gpu_metrics(text_file(tmp_path, rows, header)))
    keys = header.split(",")
    _same(read_gpu_metrics(json_file(tmp_path, [dict(zip(keys, row, strict=True)) for row in named])))


def test_packed_and_parted_by_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv.gz"
    lines = ["timestamp;gpu;gpu_util", *(f"2026-11-02T00:{m:02d}:00Z;0;50" for m in range(30))]
    path.write_bytes(gzip.compress("\r\n".join(lines).encode()))
    assert read_gpu_metrics(path).gpus[0].kernel.mean == 0.5


def test_a_gap_is_not_measured_and_not_idle(tmp_path: Path) -> None:
    rows = list(plain_rows(steady(50, 0.4, 0.2, 1000), hours=10, step_minutes=5))
    use = read_gpu_metrics(text_file(tmp_path, rows[:30] + rows[90:])).gpus[0]
    assert use.hours == pytest.approx(5.0)
    assert use.gap_share == pytest.approx(0.5)
    assert use.idle_hours == 0


def test_spans_hold_several_looks_whatever_their_order(tmp_path: Path) -> None:
    rows = [f"2026-11-02T00:00:{second:02d}Z,0,{second},{1000 + second}" for second in range(0, 60, 10)]
    found = read_gpu_metrics(text_file(tmp_path, reversed(rows), "timestamp,gpu,gpu_util,memory_used"))
    assert found.gpus[0].kernel.mean == pytest.approx(0.25)
    assert found.gpus[0].kernel.highest == 0.5
    assert found.gpus[0].used_gib.p50 == pytest.approx(1050 / 1024)


def test_blanks_of_dcgm_are_unknown(tmp_path: Path) -> None:
    rows = [f"2026-11-02T00:0{m}:00Z,0,{9223372036854775794 if m else 50},140737488355328.0" for m in range(5)]
    use = read_gpu_metrics(
        text_file(tmp_path, rows, "timestamp,gpu,DCGM_FI_DEV_GPU_UTIL,DCGM_FI_DEV_POWER_USAGE")
    ).gpus[0]
    assert use.kernel.mean == 0.5
    assert math.isnan(use.power_w.mean)


def test_flat_memory_is_called_reserved(tmp_path: Path) -> None:
    served = read_gpu_metrics(text_file(tmp_path, plain_rows(steady(60, 0.4, 0.2, 73400), hours=10)))
    assert served.gpus[0].flat
    assert "flat at 90 %" in " ".join(served.doubts)
    half = read_gpu_metrics(text_file(tmp_path, plain_rows(steady(60, 0.4, 0.2, 40000), hours=10)))
    assert not half.gpus[0].flat


def test_gpu_util_is_told_from_how_full_the_gpu_is(tmp_path: Path) -> None:
    rows = list(plain_rows(steady(100, 0.12, 0.2, 1000), hours=5))
    with_sm = read_gpu_metrics(text_file(tmp_path, rows))
    assert with_sm.gpus[0].busy_load == pytest.approx(0.12)
    assert with_sm.gpus[0].busy_bandwidth == pytest.approx(0.2)
    assert not any("GPU_UTIL" in doubt for doubt in with_sm.doubts)
    rows = [f"2026-11-02T00:{m:02d}:00Z,0,100" for m in range(30)]
    narrow = read_gpu_metrics(text_file(tmp_path, rows, "timestamp,gpu,sm_active [%]"))
    assert narrow.gpus[0].busy_bandwidth == 1.0
    without = read_gpu_metrics(text_file(tmp_path, rows, "timestamp,gpu,gpu_util"))
    assert without.gpus[0].busy_load == 1.0
    assert any("GPU_UTIL" in doubt for doubt in without.doubts)


def test_bandwidth_is_bounded_by_what_is_known(tmp_path: Path) -> None:
    rows = [f"2026-11-02T00:{m:02d}:00Z,0,90 %,0.1,30 %" for m in range(30)]
    header = "timestamp,gpu,utilization.gpu,sm_active,utilization.memory"
    use = read_gpu_metrics(text_file(tmp_path, rows, header)).gpus[0]
    assert use.busy_load == pytest.approx(0.1)
    assert use.busy_bandwidth == pytest.approx(0.3)


def test_gpus_may_be_looked_at_at_different_steps(tmp_path: Path) -> None:
    fast = plain_rows(steady(50, 0.4, 0.2, 1000), hours=6, step_minutes=1, host="a")
    slow = plain_rows(steady(50, 0.4, 0.2, 1000), hours=6, step_minutes=15, host="b")
    assert [use.hours for use in read_gpu_metrics(text_file(tmp_path, [*fast, *slow])).gpus] == pytest.approx([6, 6])


def test_without_a_load_nothing_is_known_of_idle_time(tmp_path: Path) -> None:
    rows = [f"2026-11-02T00:{m:02d}:00Z,0,90" for m in range(30)]
    use = read_gpu_metrics(text_file(tmp_path, rows, "timestamp,gpu,power.draw [W]")).gpus[0]
    assert use.energy_kwh == pytest.approx(0.045)
    assert math.isnan(use.idle_hours)
    assert math.isnan(use.idle_energy_kwh)
