#!/bin/sh
# What `make test-real` needs beside .venv: a browser and poppler, the language server that editors use for YAML, the
# checker of what pages are to a screen reader, pre-commit, LibreOffice Calc, and Prometheus' promtool. Installs browser,
# poppler and LibreOffice as root, else names them; promtool is the system's or unpacked from its package; the others go
# into .foreign/, by the versions and hashes of their locks in tools/, once.
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
# install_npm NAME: the packages of tools/NAME into .foreign/NAME.
install_npm() {
  rm -rf ".foreign/$1"
  mkdir ".foreign/$1"
  cp "tools/$1/package.json" "tools/$1/package-lock.json" ".foreign/$1/"
  # No script of any package runs, and nothing but what the lock names is taken.
  (cd ".foreign/$1" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier) >>"$log" 2>&1 &&
    cp "tools/$1/package-lock.json" ".foreign/$1/finished.lock"
}
if ! has_node; then provide node "The tests of schemas in an editor and of pages for screen readers need Node.js and npm." "$log" || true; fi
if ! has_node; then
  lacks "the commands node and npm on the PATH"
else
  for name in editor axe; do
    if ! is_current "tools/$name/package-lock.json" ".foreign/$name" && ! install_npm "$name"; then
      lacks "the packages of tools/$name/package-lock.json, which npm could not install"
    fi
  done
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

promtool=.foreign/prometheus/usr/bin/promtool
has_promtool() { command -v promtool >/dev/null 2>&1 || [ -x "$promtool" ]; }
# Debian's package is unpacked rather than installed, which would start a server; that needs no root.
unpack_promtool() {
  rm -rf .foreign/prometheus && mkdir .foreign/prometheus &&
    (cd .foreign/prometheus && apt-get download prometheus && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb) >>"$log" 2>&1
}
if ! has_promtool && [ "$manager" = apt-get ]; then unpack_promtool || true; fi
if ! has_promtool; then lacks "the command promtool (of Prometheus) on the PATH"; fi

has_office() { command -v soffice >/dev/null 2>&1 || command -v libreoffice >/dev/null 2>&1; }
if ! has_office; then provide office "The tests of workbooks need LibreOffice Calc." "$log" || true; fi
if ! has_office; then lacks "the command soffice (of LibreOffice Calc) on the PATH"; fi

if [ -n "$missing" ]; then
  say "make test-real needs $missing; $log says what was tried."
  exit 1
fi
