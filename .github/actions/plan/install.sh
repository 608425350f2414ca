#!/usr/bin/env bash
# Installs the planner that this action belongs to, from its lock with hashes, outside the checkout that is judged; or
# takes the one that INPUT_PLANNER names. Tells the steps after it where planner and Python are.
set -euo pipefail

say() { printf '%s\n' "$*"; }
fail() {
  say "::error::$*"
  exit 2
}
tell() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
python=${PYTHON:-}
if [[ -z $python ]]; then python=$(command -v python3) || fail "needs Python 3.11 or newer"; fi
# -I everywhere: a module that lies in the checkout must not be taken for one of Python's own.
"$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "needs Python 3.11 or newer"

if [[ -n ${INPUT_PLANNER:-} ]]; then
  planner=$(command -v -- "$INPUT_PLANNER") || fail "the input planner names no command"
  tell planner "$planner"
  tell python "$python"
  exit 0
fi

source=$(cd "$here/../../.." && pwd -P)
[[ -f $source/pyproject.toml && -d $source/planner ]] ||
  fail "this action installs the planner from the repository it lies in; use it from there, or set the input planner"

# The install runs where no file of the change lies.
place=$(mktemp -d "$RUNNER_TEMP/planner.XXXXXX")
cd "$place"
"$python" -I -m venv env
pip=(env/bin/python -I -m pip install --disable-pip-version-check --no-input --quiet --no-deps)
"${pip[@]}" --require-hashes --requirement "$here/requirements.lock"
"${pip[@]}" --no-build-isolation "$source"

if [[ ${INPUT_OUTPUTS:-} == *pdf* ]] && ! env/bin/python -I -c 'import weasyprint' >/dev/null 2>&1; then
  # shellcheck source=../../../tools/system.sh
  . "$source/tools/system.sh"
  read -r -a names <<<"$(packages pdf)"
  if [[ $manager == apt-get && ${#names[@]} -gt 0 ]] && sudo -n true 2>/dev/null; then
    { sudo -n apt-get update -qq && sudo -n apt-get install -y -qq --no-install-recommends "${names[@]}"; } >/dev/null ||
      say "::notice::Pango could not be installed, so there is no PDF"
  else
    say "::notice::this runner has no Pango, so there is no PDF"
  fi
fi

tell planner "$place/env/bin/planner"
tell python "$place/env/bin/python"
