#!/bin/sh
# What `make test-real` needs beside Python: a browser and poppler. Installs them as root, else names them.
set -eu
cd "$(dirname "$0")/.."
. tools/system.sh

present() { command -v chromium >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1; }
if present; then exit 0; fi
mkdir -p .venv-setup
log=.venv-setup/foreign.log
: >"$log"
provide browser "The real tests need Chromium and poppler." "$log" || true
if ! present; then
  say "make test-real needs the commands chromium and pdftotext on the PATH; $log says what was tried."
  exit 1
fi
