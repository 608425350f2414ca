#!/bin/sh
# What `make test-real` needs beside .venv: a browser and poppler, the language server that editors use for YAML, and
# pre-commit. Installs the first as root, else names them; the others go into .foreign/, by the versions and hashes of
# their locks in tools/, once.
set -eu
cd "$(dirname "$0")/.."
. tools/system.sh

mkdir -p .venv-setup .foreign
log=.venv-setup/foreign.log
: >"$log"
missing=
lacks() { missing="${missing:+$missing, and }$1"; }

# is_current LOCK FOLDER: the copy of a lock is put there last, and so marks a finished installation.
is_current() { cmp -s "$1" "$2/finished.lock"; }

can_browse() { command -v chromium >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1; }
if ! can_browse; then
  provide browser "The real tests need Chromium and poppler." "$log" || true
  if ! can_browse; then lacks "the commands chromium and pdftotext on the PATH"; fi
fi

has_node() { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; }
install_editor() {
  rm -rf .foreign/editor
  mkdir .foreign/editor
  cp tools/editor/package.json tools/editor/package-lock.json .foreign/editor/
  # No script of any package runs, and nothing but what the lock names is taken.
  (cd .foreign/editor && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier) >>"$log" 2>&1 &&
    cp tools/editor/package-lock.json .foreign/editor/finished.lock
}
if ! has_node; then provide node "The test of the schemas in an editor needs Node.js and npm." "$log" || true; fi
if ! has_node; then
  lacks "the commands node and npm on the PATH"
elif ! is_current tools/editor/package-lock.json .foreign/editor && ! install_editor; then
  lacks "the packages of tools/editor/package-lock.json, which npm could not install"
fi

install_hooks() {
  .venv/bin/python -m venv --clear .foreign/pre-commit >>"$log" 2>&1 &&
    .foreign/pre-commit/bin/python -m pip install --disable-pip-version-check --no-input --no-deps \
      --require-hashes --requirement tools/hooks/requirements.lock >>"$log" 2>&1 &&
    cp tools/hooks/requirements.lock .foreign/pre-commit/finished.lock
}
if ! is_current tools/hooks/requirements.lock .foreign/pre-commit && ! install_hooks; then
  lacks "the packages of tools/hooks/requirements.lock, which pip could not install"
fi

if [ -n "$missing" ]; then
  say "make test-real needs $missing; $log says what was tried."
  exit 1
fi
