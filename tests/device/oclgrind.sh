# SPDX-License-Identifier: MIT
#
# Whole runs on Oclgrind, a simulated GPU: no access out of bounds, no race, no use of a value that was never written, no
# wrong call of the OpenCL interface; and the same bytes as the reference. One lane: Oclgrind 21.10 stops at an intrinsic
# (noalias.scope.decl) that clang leaves in the code of several.
set -uo pipefail
export LC_ALL=C
unset SHOCKGRID_DEVICE
if ! command -v oclgrind >/dev/null || [ ! -e /proc/self/exe ]; then
  printf 'SKIPPED: oclgrind.sh: oclgrind is not installed, or cannot find itself because /proc is not mounted\n'
  exit 77
fi
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n_wrong=0

fail() {
  printf 'FAULT: %s\n' "$*"
  n_wrong=$((n_wrong + 1))
}

# same_on_oclgrind BOOK MODEL
same_on_oclgrind() {
  "$SHOCKGRID" run "$1" --model "$2" --device reference --out "$out/reference" --scenario-pnl --quiet ||
    fail "$1 under $2 does not run on the reference"
  oclgrind --data-races --uninitialized --check-api --log "$out/log" \
    "$SHOCKGRID" run "$1" --model "$2" --device oclgrind --out "$out/oclgrind" --scenario-pnl --quiet ||
    fail "$1 under $2 does not run on Oclgrind"
  [ ! -s "$out/log" ] || { fail "Oclgrind complains of $1 under $2"; head -n 40 "$out/log"; }
  for file in margins.csv lines.csv scenarios.csv scenario_pnl.csv; do
    cmp "$out/reference/$file" "$out/oclgrind/$file" || fail "$1 under $2: $file differs"
  done
}

same_on_oclgrind "$SOURCE/examples/book" occ-cpm
same_on_oclgrind "$SOURCE/examples/book" spot-vol-grid
same_on_oclgrind "$SOURCE/tests/golden/books/both-d1" "$SOURCE/tests/golden/models/deribit-grid.yaml"
printf '%d faults\n' "$n_wrong"
[ "$n_wrong" -eq 0 ]
