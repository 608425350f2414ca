"""Files that cannot be used, or not all of them: every problem with its place."""

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.gpu_metrics import minutes, read_gpu_metrics
from planner.source import InvalidInput
from tests.gpu_metrics.metric_files import json_file, plain_rows, steady, text_file

HEADER = "timestamp,gpu,gpu_util,memory_used"


def _good(number: int) -> list[str]:
    return [f"2026-11-02T{m // 60:02d}:{m % 60:02d}:00Z,0,50,1000" for m in range(number)]


def _refused(path: Path) -> str:
    with pytest.raises(InvalidInput) as error:
        read_gpu_metrics(path, path.name)
    return str(error.value)


def test_a_few_bad_cells_are_warnings_with_line_and_column(tmp_path: Path) -> None:
    rows = [*_good(98), "2026-11-02T01:40:00Z,0,150 %,1000", "2026-11-02T01:41:00Z,0,20,many"]
    found = read_gpu_metrics(text_file(tmp_path, rows, HEADER), "m.csv")
    told = [(one.span.line, one.span.column, one.message) for one in found.warnings if one.span]
    assert told == [
        (100, 24, "'gpu_util' is above 100 %: '150 %'"),
        (101, 27, "'memory_used' is no number: 'many'"),
    ]
    assert found.gpus[0].kernel.highest == 0.5


def test_too_many_bad_rows_refuse_the_file(tmp_path: Path) -> None:
    said = _refused(
        text_file(tmp_path, [*_good(10), "soon,0,50,1000", "2026-11-02T01:41:00Z,0,-3,1 parsec", "a,b"], HEADER)
    )
    assert "metrics.csv:12:1: is no time: 'soon'" in said
    assert "'gpu_util' is below 0: '-3'" in said
    assert "'memory_used' has a unit that this figure has not: '1 parsec'" in said
    assert "metrics.csv:14:1: the row has not as many cells as the header: 2 instead of 4" in said
    assert "3 of 13 rows cannot be used" in said


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("gpu,gpu_util", "has no timestamp; it has 'gpu', 'gpu_util'"),
        ("timestamp,gpu,gpu_utill", "did you mean 'gpu_util'?"),
        ("timestamp,gpu,gpu_util,gpu_util", "columns given twice: 'gpu_util'"),
        ("timestamp,gpu,utilization.gpu [parsec]", "the unit of 'utilization.gpu [parsec]'"),
        ("timestamp,gpu,temperature", "has no column with a figure of a GPU"),
    ],
)
def test_headers(tmp_path: Path, header: str, told: str) -> None:
    assert told in _refused(text_file(tmp_path, ["1,2,3"], header))


def test_mixed_zones(tmp_path: Path) -> None:
    said = _refused(text_file(tmp_path, [*_good(30), "2026-11-02T10:00:00,0,50,1000"], HEADER))
    assert "times with a zone (line 2) and without one (line 32)" in said


def test_json_that_is_none(tmp_path: Path) -> None:
    path = json_file(tmp_path, [{"timestamp": 1, "gpu": 0, "gpu_util": True}, {"temperature": 3}])
    path.write_text(path.read_text() + "{]\n[1]\n" + '{"metric":{"__name__":"DCGM_FI_DEV_GPU_UTIL"},"values":[3]}\n')
    said = _refused(path)
    assert "metrics.jsonl:1:15: is a time beyond the years 2000 to 2099: '1'" in said
    assert "metrics.jsonl:1:40: 'gpu_util' is no number: 'True'" in said
    assert "metrics.jsonl:2:1: the object has no time, or no figure of a GPU" in said
    assert "metrics.jsonl:3:2: the line is not JSON" in said
    assert "metrics.jsonl:4:1: the line is no object" in said
    assert "metrics.jsonl:5:1: has no time" in said


def test_other_metrics_alone(tmp_path: Path) -> None:
    rows = ["2026-11-02T00:00:00Z,node_load1,3,0"]
    assert "has no figure of a GPU; its metrics are 'node_load1'" in _refused(
        text_file(tmp_path, rows, "time,metric,value,gpu")
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "has no rows"), (b"PK\x03\x04", "is a zip file"), (b"a\0b", "no text"), (b"[1]", "is one JSON list")],
)
def test_foreign_files(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(content)
    assert told in _refused(path)


def test_folders_and_absent_files(tmp_path: Path) -> None:
    assert "is a folder, not a file" in _refused(tmp_path)
    assert "cannot be read" in _refused(tmp_path / "absent.csv")


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    rows = [row.replace(",0,", ",\x1b[31m0,", 1) for row in _good(10)]
    found = read_gpu_metrics(text_file(tmp_path, rows, HEADER))
    assert found.gpus[0].name == "?[31m0"


def test_many_minutes_become_longer_spans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = text_file(tmp_path, plain_rows(steady(50, 0.25, 0.2, 1000), hours=20, step_minutes=1))
    monkeypatch.setattr(minutes, "MOST_SPANS", 2000)
    found = read_gpu_metrics(path)
    assert found.step_minutes == 5
    assert found.gpus[0].hours == pytest.approx(20)
    assert found.gpus[0].kernel.mean == 0.5
    monkeypatch.setattr(minutes, "MOST_SPANS", 20)
    with pytest.raises(InputError, match="hours of figures"):
        read_gpu_metrics(path)


def test_slices_of_a_gpu_are_refused(tmp_path: Path) -> None:
    rows = [f"2026-11-02T00:{m:02d}:00Z,0,1,50" for m in range(10)]
    assert "has figures of MIG slices" in _refused(text_file(tmp_path, rows, "timestamp,gpu,GPU_I_ID,gpu_util"))
    whole = [row.replace(",0,1,", ",0,,") for row in rows]
    assert read_gpu_metrics(text_file(tmp_path, whole, "timestamp,gpu,GPU_I_ID,gpu_util")).gpus[0].name == "0"


def test_an_answer_of_prometheus_over_many_lines_is_told_what_to_do(tmp_path: Path) -> None:
    path = json_file(tmp_path, [])
    path.write_text('{\n  "status": "success"\n}\n')
    assert "jq -c '.data.result[]'" in _refused(path)
    path.write_text('{"data": {"result": [' + "1," * 7_000_000 + "1]}}")
    assert "jq -c '.data.result[]'" in _refused(path)
