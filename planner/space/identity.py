"""Identity of a configuration: a prefix of the hash of its canonical text.

What the planner chooses inside a combination (micro-batch, sharing, checkpointing) is no part of it: the same
combination keeps its id when the estimator improves.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

ID_LENGTH = 12


def canonical(value: Mapping[str, Any]) -> str:
    """The one text of a mapping: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def configuration_id(recipe: str, offer: str) -> str:
    """Id of a recipe on an offer, both as canonical text."""
    return sha256(f"{recipe}\n{offer}".encode()).hexdigest()[:ID_LENGTH]
