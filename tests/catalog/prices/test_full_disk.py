"""A disk that is full, for real: what there was stays, byte for byte, and the message says so."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from planner.catalog.prices.history import record
from planner.catalog.prices.refreshing import write_refreshed
from planner.errors import InputError
from tests.catalog.prices.price_histories import NOW, at
from tests.catalog.prices.rows import DAY, KNOWN, answered, price
from tests.project.checkout import ROOT

LIMITED = """\
import resource
from datetime import timedelta
from pathlib import Path
from planner.catalog.prices.history import record
from planner.errors import InputError
from tests.catalog.prices.price_histories import NOW, at
record(Path("seen"), [at(20.0)], NOW - timedelta(hours=1), NOW)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    record(Path("seen"), [at(21.0)], NOW, NOW)
except InputError as error:
    print(error)
"""
"""Record a price, then another where no file may grow beyond a hundred bytes."""


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on files made under a temporary name lie on a device that is always full."""
    make = tempfile.mkstemp

    def made(**where: Any) -> tuple[int, str]:
        handle, name = make(**where)
        device = os.open("/dev/full", os.O_WRONLY)
        os.dup2(device, handle)
        os.close(device)
        return handle, name

    monkeypatch.setattr("planner.files.tempfile.mkstemp", made)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_old_snapshot_and_history_stay_whole_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_refreshed(tmp_path / "prices", [answered("vast", price())], DAY, KNOWN)
    record(tmp_path / "seen", [at(20.0)], NOW.replace(hour=1), NOW)
    before = held(tmp_path)
    fill(monkeypatch)
    said = r"cannot be written: the disk is full \(No space left on device\); what is in it is as it was$"
    with pytest.raises(InputError, match=f"prices: the snapshot {said}"):
        # Two files at once, the snapshot and the price that jumped.
        write_refreshed(tmp_path / "prices", [answered("vast", price(usd_per_hour=99.0))], DAY, KNOWN)
    with pytest.raises(InputError, match=f"seen: the history {said}"):
        record(tmp_path / "seen", [at(21.0)], NOW, NOW)
    assert held(tmp_path) == before
    with pytest.raises(InputError, match=r"new: the snapshot cannot be written: the disk is full \(No space left"):
        write_refreshed(tmp_path / "new", [answered("vast", price())], DAY, KNOWN)
    assert not held(tmp_path / "new")


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limit")
def test_where_a_recording_cannot_be_made_the_history_stays(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "seen: the history cannot be written: it is larger than a file may be here (File too large) "
        f"in {tmp_path}, the folder for temporary files; what is in it is as it was\n"
    )
    assert len(held(tmp_path)) == 1
