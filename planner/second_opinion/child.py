"""Run as a script in a process of its own: reads requests.json in a folder, asks aiconfigurator, writes answers.json.

It needs nothing but aiconfigurator, so that any Python that has it will do. The network is shut: a model is described
by a config.json in the folder, and whatever would fetch something fails.
"""

import json
import re
import socket
import sys
import warnings
from pathlib import Path
from typing import Any, NoReturn

LONGEST = 400
"""Characters of an error that are told."""


def main(folder: Path) -> None:
    """Answer every request; what fails has that as its error."""
    _shut_network()
    warnings.simplefilter("ignore")
    requests = json.loads((folder / "requests.json").read_text("utf-8"))
    from importlib.metadata import version

    from aiconfigurator.cli.api import cli_estimate

    answers = [_answer(cli_estimate, folder, number, request) for number, request in enumerate(requests)]
    found = {"version": version("aiconfigurator"), "answers": answers}
    part = folder / "answers.part"
    part.write_text(json.dumps(found), "utf-8")
    part.replace(folder / "answers.json")


def _answer(estimate: Any, folder: Path, number: int, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a foreign function
    model = folder / f"model-{number}"
    model.mkdir()
    (model / "config.json").write_text(json.dumps(request.pop("config")), "utf-8")
    try:
        result = estimate(str(model), request.pop("system_name"), **request)
        return {
            "tokens_per_s": float(result.tokens_per_second),
            "ttft_ms": float(result.ttft),
            "tpot_ms": float(result.tpot),
            "backend_version": str(result.backend_version),
            "warning": result.kv_cache_warning,
            "sources": sorted(_leaves(result.per_ops_source)),
        }
    except Exception as error:
        text = " ".join(f"{type(error).__name__}: {error}".replace(str(model), "the model").split())
        text = re.sub(r"\S*/site-packages/", "", text)
        return {"error": text[:LONGEST]}


def _leaves(data: Any) -> set[str]:  # noqa: ANN401 - nested as it likes
    if isinstance(data, dict):
        return set().union(*map(_leaves, data.values())) if data else set()
    return {data} if isinstance(data, str) else set()


def _shut_network() -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        message = "the network is shut for a second opinion"
        raise OSError(message)

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.getaddrinfo = refuse


if __name__ == "__main__":
    main(Path(sys.argv[1]))
