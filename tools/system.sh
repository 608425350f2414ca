# Sourced by setup.sh and foreign.sh: what this system's package manager calls things, and when it may be used.

say() { printf '%s\n' "$*" >&2; }

manager=
for name in apt-get dnf apk pacman zypper brew; do
  if command -v "$name" >/dev/null 2>&1; then manager=$name; break; fi
done

# packages NEED: the names this manager has for a need; nothing where we do not know them.
packages() {
  case "$1:$manager" in
    venv:apt-get) python=${python:-python3} && echo "${python##*/}-venv" ;;
    pdf:apt-get) echo libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core ;;
    pdf:dnf) echo pango harfbuzz dejavu-sans-fonts ;;
    pdf:apk) echo pango harfbuzz-subset font-dejavu ;;
    pdf:pacman) echo pango ttf-dejavu ;;
    pdf:zypper) echo libpango-1_0-0 libharfbuzz-subset0 dejavu-fonts ;;
    pdf:brew) echo pango ;;
    browser:apt-get | browser:apk) echo chromium poppler-utils ;;
    browser:dnf) echo chromium poppler-utils ;;
    browser:pacman) echo chromium poppler ;;
    node:apt-get | node:apk | node:dnf | node:pacman) echo nodejs npm ;;
    node:brew) echo node ;;
    office:apt-get | office:dnf | office:apk | office:zypper) echo libreoffice-calc ;;
    office:pacman) echo libreoffice-still ;;
    *) ;;
  esac
}

# install_command PACKAGE…: the line a person would type.
install_command() {
  case "$manager" in
    apk) line="apk add $*" ;;
    pacman) line="pacman -S $*" ;;
    *) line="$manager install $*" ;;
  esac
  if [ "$(id -u)" -eq 0 ] || [ "$manager" = brew ]; then echo "$line"; else echo "sudo $line"; fi
}

# may_install COMMAND WHY: on a terminal ask; without one only root may; never where it could not work.
may_install() {
  root=false
  if [ "$(id -u)" -eq 0 ]; then root=true; fi
  if [ "$manager" = brew ]; then
    if $root; then return 1; fi  # Homebrew refuses to run as root
  elif ! $root && ! command -v sudo >/dev/null 2>&1; then
    return 1
  fi
  if [ -t 0 ] && [ -t 2 ] && [ -z "${CI:-}" ]; then
    printf '%s Install it now with "%s"? [Y/n] ' "$2" "$1" >&2
    read -r answer || answer=n
    case "$answer" in '' | [Yy]*) return 0 ;; *) return 1 ;; esac
  fi
  $root
}

# install LOG PACKAGE…: fd 9 is setup.sh's lock; no daemon a package starts may inherit it.
install() {
  log_file=$1
  shift
  sudo=
  if [ "$(id -u)" -ne 0 ] && [ "$manager" != brew ]; then sudo=sudo; fi
  case "$manager" in
    apt-get)
      apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300"
      # Lists may be missing or too old to find the packages: then, and only then, fetch them.
      $apt install --no-install-recommends "$@" || { $apt update && $apt install --no-install-recommends "$@"; }
      ;;
    apk) $sudo apk add "$@" ;;
    pacman) $sudo pacman -S --noconfirm "$@" ;;
    dnf) $sudo dnf install -y "$@" ;;
    zypper) $sudo zypper --non-interactive install "$@" ;;
    brew) brew install "$@" ;;
  esac </dev/null >>"$log_file" 2>&1 9>&-
}

# provide NEED WHY LOG: installs the packages for a need; false when it could not or was not allowed to.
provide() {
  names=$(packages "$1")
  if [ -z "$names" ]; then return 1; fi
  # shellcheck disable=SC2086  # names are words
  if may_install "$(install_command $names)" "$2"; then
    say "Installing with $manager: $names"
    install "$3" $names
  else
    return 1
  fi
}
