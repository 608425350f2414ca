"""What runs inside a peer's own environment: questions as JSON lines in, answers as JSON lines out, no network.

`python -I peer_inside.py PEER_FILE` imports nothing of this project: the environment holds the peer and no more.
"""

import importlib.util
import json
import math
import os
import sys
from typing import Any


def no_network(event: str, _: tuple[Any, ...]) -> None:
    """An audit hook: a peer that asks the network is told there is none."""
    if event in ("socket.connect", "socket.getaddrinfo"):
        message = "no network while peers answer"
        raise OSError(message)


def main() -> None:
    """Answer every question on stdin. A peer's own prints go to stderr, so that answers stay readable."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.addaudithook(no_network)
    spec = importlib.util.spec_from_file_location("asked_peer", sys.argv[1])
    if spec is None or spec.loader is None:
        sys.exit(f"{sys.argv[1]} is no Python file")
    peer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peer)
    answer = peer.answerer()
    for line in sys.stdin:
        question = json.loads(line)
        try:
            found = answer(question)
            if not all(math.isfinite(figure) for figure in found.values()):
                found = {"reason": "answered no finite number"}
        except NotImplementedError as cannot:  # said by the peer's module: outside what the peer can be asked
            found = {"reason": str(cannot)}
        except Exception as error:  # whatever a peer raises is its answer
            first = (str(error).splitlines() or [""])[0]
            found = {"reason": f"{type(error).__name__}: {first[:500]}"}
        print(json.dumps({"id": question["id"], **found}), file=answers, flush=True)


if __name__ == "__main__":
    main()
