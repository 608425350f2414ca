"""Prometheus' own checker, as tests call it."""

import shutil
import subprocess
from pathlib import Path

_UNPACKED = Path(__file__).resolve().parents[2] / ".foreign" / "prometheus" / "usr" / "bin" / "promtool"
PROMTOOL = shutil.which("promtool") or (str(_UNPACKED) if _UNPACKED.is_file() else None)
"""Where it is; None where tools/foreign.sh has not been run."""


def promtool(*words: str, folder: Path, text: str | None = None, code: int = 0) -> str:
    """What promtool prints, in a folder and with this on its standard input."""
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, *words], cwd=folder, input=text, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
