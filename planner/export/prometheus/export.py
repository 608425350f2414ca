"""`planner export prometheus`: metrics, rules, and unit tests of the rules."""

from collections.abc import Sequence
from typing import Any, Final

import yaml

from planner.export.asked import Asked, Given, Made, the_review
from planner.export.prometheus.exposition import exposition
from planner.export.prometheus.rule_tests import unit_tests
from planner.export.prometheus.rules import rules_document
from planner.export.prometheus.samples import samples_of

METRICS_FILE: Final = "planner.prom"
"""What the textfile collector of the node exporter reads."""
RULES_FILE: Final = "rules.yml"
TESTS_FILE: Final = "rules.test.yml"


def export(given: Sequence[Given], _asked: Asked) -> Made:
    """The three files of a review; raises InputError for a plan, which has nothing that was measured."""
    samples = samples_of(the_review(given))
    return Made(
        {
            METRICS_FILE: exposition(samples).encode(),
            RULES_FILE: _yaml(rules_document()),
            TESTS_FILE: _yaml(unit_tests(samples)),
        }
    )


def _yaml(document: Any) -> bytes:  # noqa: ANN401 - whatever YAML can hold
    return yaml.dump(
        document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False
    ).encode()


class _Plain(yaml.SafeDumper):
    """Writes the same list twice rather than a reference to it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - PyYAML's own
        return True
