#!/bin/sh
# Writes requirements.lock: names, versions, markers and hashes for every platform, and no address; and from it the part
# that the GitHub Action installs, the planner without the tools of its developers.
# Keeps what is locked unless told otherwise: make lock ARGS=--upgrade, or ARGS='--upgrade-package numpy'.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  # Only the lock needs uv, so it gets an environment of its own and stays out of .venv.
  "${PYTHON:-.venv/bin/python}" -m venv .venv-uv
  .venv-uv/bin/python -m pip install -qq --disable-pip-version-check uv
  uv=.venv-uv/bin/uv
fi

# One version per package wherever one serves all Pythons: the same numpy gives the same plan.
"$uv" pip compile pyproject.toml --extra report --extra pdf --extra frames --extra tokens --extra xlsx --extra dev \
  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --quiet --output-file requirements.lock "$@"

# hatchling builds the planner there; the versions are those of the lock above.
echo hatchling | "$uv" pip compile pyproject.toml - --extra report --extra pdf --constraints requirements.lock \
  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --quiet --output-file .github/actions/plan/requirements.lock

# The hooks that other repositories use are tried by pre-commit itself.
echo pre-commit | "$uv" pip compile - --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --quiet --output-file tools/hooks/requirements.lock
