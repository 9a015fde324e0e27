# SPDX-License-Identifier: MIT
#
# What the scripts of this folder share. A script calls `complain` for each fault it finds and `finish` at its end.
# $SOURCE and $BUILD are the source and build folders; no /proc is needed, so no process substitution.
set -uo pipefail
export LC_ALL=C
cd "$SOURCE" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n_faults=0
n_checked=0

complain() {
  printf 'FAULT: %s\n' "$*"
  n_faults=$((n_faults + 1))
}

# One more thing was looked at. A script that looked at nothing fails.
checked() { n_checked=$((n_checked + 1)); }

finish() {
  printf '%d checked, %d faults\n' "$n_checked" "$n_faults"
  [ "$n_faults" -eq 0 ] && [ "$n_checked" -gt 0 ]
  exit
}

skip() {
  printf 'SKIPPED: %s\n' "$*"
  exit 77
}

# Every file of the project, without what is built or belongs to git.
project_files() {
  find . \( -path ./.git -o -path './build*' \) -prune -o -type f -print | sed 's|^\./||' | sort
}
