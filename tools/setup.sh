#!/bin/sh
# Makes .venv from requirements.lock and sees to what PDF reports need. Every make target calls this;
# once set up, it only compares a stamp. PYTHON=… picks the interpreter.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)

# A stamp per lock, project file and place: scripts in a venv hold its path, so a moved checkout starts anew.
key=$({ echo "$here"; cat requirements.lock pyproject.toml; } | cksum | tr ' ' '-')
stamp=.venv/.stamp-$key
is_set_up() { [ -e "$stamp" ] && [ -x .venv/bin/python ]; }
if is_set_up; then exit 0; fi

. tools/system.sh
work=.venv-setup
log=$work/log
unfinished=$work/unfinished
mkdir -p "$work"

die() {
  say "make setup: $*"
  exit 1
}

# `venv --clear` would empty what a link points to, perhaps the environment of another checkout.
if [ -L .venv ]; then die ".venv is a link; remove the link, so that this checkout can have its own."; fi

find_python() {
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
}
python=$(find_python)
if [ -z "$python" ]; then
  die "needs Python 3.11 or newer; tried ${PYTHON:-python3, python3.13, python3.12, python3.11}." \
    "Install one, or name it: make setup PYTHON=/path/to/python3"
fi

# Two runs on a fresh clone must not fill one .venv together. The kernel's lock on fd 9 ends with this
# shell, however it ends, so there is none to clean up; Python takes it because not every system has flock(1).
exec 9>"$work/lock"
take() { "$python" -c "import fcntl; fcntl.flock(9, fcntl.LOCK_EX | $1)" 2>/dev/null; }
if ! take fcntl.LOCK_NB; then
  say "Another set-up of this checkout is running; waiting for it."
  take 0
fi
if is_set_up; then exit 0; fi
: >"$log"

# Debian splits ensurepip, and with it a working venv, from Python.
has_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }
if ! has_venv; then
  provide venv "This Python cannot make virtual environments." "$log" || true
  if ! has_venv; then
    names=$(packages venv)
    # shellcheck disable=SC2086  # names are words
    die "$python cannot make virtual environments (no ensurepip)." \
      "${names:+Run: $(install_command $names)   and then make again.}"
  fi
fi

# An interrupted pip can leave half a package that the next pip takes for whole: then start from nothing.
usable() { grep -qF "$here/.venv" .venv/bin/activate && .venv/bin/python -m pip --version; }
say "Setting up .venv from requirements.lock (once; about a minute) …"
if [ -e "$unfinished" ] || ! usable >>"$log" 2>&1; then
  "$python" -m venv --clear .venv >>"$log" 2>&1 || die "could not make .venv; see $log"
fi
: >"$unfinished"
rm -f .venv/.stamp-*
pip() { PIP_USER=0 .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps "$@" >>"$log" 2>&1; }
pip_failed() {
  tail -n 15 "$log" >&2
  die "pip failed; all it said is in $log"
}
pip --require-hashes -r requirements.lock || pip_failed
rm -f "$unfinished"
pip --no-build-isolation --editable . || pip_failed

# WeasyPrint loads Pango, HarfBuzz and fontconfig by itself: importing it is the check. It needs a font too.
has_font() {
  find /usr/share/fonts /usr/local/share/fonts /System/Library/Fonts "${HOME:-/}/.fonts" \
    "${HOME:-/}/.local/share/fonts" -name '*.[to]t[fc]' 2>/dev/null | grep -q .
}
can_make_pdf() {
  .venv/bin/python -W 'error:HarfBuzz-Subset:DeprecationWarning' -c 'import weasyprint' >>"$log" 2>&1 && has_font
}
if ! can_make_pdf; then
  provide pdf "PDF reports need Pango and a font." "$log" || true
  if ! can_make_pdf; then
    names=$(packages pdf)
    # shellcheck disable=SC2086  # names are words
    say "For PDF reports install Pango and a font${names:+: $(install_command $names)}. Everything else works without."
  fi
fi

: >"$stamp"
