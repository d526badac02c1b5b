#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image in which submissions are graded.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
code="${AUTOGRADER_SOURCE:-$root/source}/code"

fail() {
  echo "setup.sh: $1" >&2
  exit 1
}
# Prints the first program that can run this code.
first() {
  for name in python3.13 python3.12 python3.11 python3; do
    if command -v "$name" > /dev/null && "$name" -c "$1" 2> /dev/null; then
      echo "$name"
      return
    fi
  done
}
newer='import sys; sys.exit(sys.version_info < (3, 11))'
whole="import ensurepip, venv; $newer"

apt-get update
python="$(first "$whole")"
if [ -z "$python" ]; then
  # Ubuntu 24.04 has a Python that is new enough, and its venv in a package of its own.
  there="$(first "$newer")"
  if [ -n "$there" ]; then
    version="$("$there" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')"
    apt-get install -y "$version-venv" || true
  else
    apt-get install -y python3.11 python3.11-venv || true
  fi
  python="$(first "$whole")"
fi
if [ -z "$python" ]; then
  fail "There is no Python 3.11 or newer with venv, and apt-get installs none. Choose an image of Ubuntu 22.04 or newer."
fi
# The walls around a notebook. Without them grading goes on, and the result says what was not held.
apt-get install -y bubblewrap || echo "bubblewrap could not be installed"

# An environment of its own: Ubuntu's own Python takes no packages (it is externally managed).
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --constraint "$code/requirements.lock" "$code"
