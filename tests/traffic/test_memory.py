"""Ten million requests are read in less than 1 GiB."""

from pathlib import Path

import pytest

from tests.benchmarks.traffic_log import measured, write_logs


@pytest.mark.real
def test_memory_of_ten_million_requests(tmp_path: Path) -> None:
    """What four million take, in MiB, and what two more add, three times."""
    peaks = {}
    for millions in (2, 4):
        folder = tmp_path / str(millions)
        folder.mkdir()
        path = write_logs(folder, millions * 10**6, {"csv"})["csv"]
        found, peaks[millions] = measured(path, "read")
        assert found["requests"] == millions * 10**6
        path.unlink()
    assert peaks[4] + 3 * max(0.0, peaks[4] - peaks[2]) < 1024, peaks
