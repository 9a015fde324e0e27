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

# One boundary, two, and cash dividends. On a lattice too. Minutes, for the gate alone.
if [ -n "${SHOCKGRID_EARLY_EXERCISE:-}" ]; then
  mkdir "$out/early"
  printf 'as_of: 2026-01-05T21:00:00Z\ncurrency: USD\n' >"$out/early/book.yaml"
  printf 'currency,tenor_years,rate_cc\nUSD,1,-0.01\n' >"$out/early/rates.csv"
  printf 'underlying,currency,price,dividend_yield,kind\nONE,USD,100,0.03,equity\nTWO,USD,100,-0.03,equity\nCASH,USD,100,,equity\n' \
    >"$out/early/underlyings.csv"
  printf 'underlying,ex_date,amount\nCASH,2026-02-02,2\n' >"$out/early/dividends.csv"
  { printf 'instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol\n'
    for of in ONE,call TWO,put CASH,call; do
      printf '%s,option,%s,american,%d,2026-04-17T21:00:00Z,100,USD,0.25\n' "${of%,*}-95" "$of" 95 "${of%,*}-105" "$of" 105
    done
  } >"$out/early/instruments.csv"
  { printf 'account,instrument,quantity\n'; printf 'A,%s-95,1\n' ONE TWO CASH; printf 'B,%s-105,-2\n' ONE TWO CASH; } >"$out/early/positions.csv"
  printf 'model: {name: fast, extends: occ-cpm}\nvaluation: {american: fast}\n' >"$out/fast.yaml"
  printf 'model: {name: lattice, extends: occ-cpm}\nvaluation: {american: lattice, steps: 20}\n' >"$out/lattice.yaml"
  same_on_oclgrind "$out/early" "$out/fast.yaml"
  same_on_oclgrind "$out/early" "$out/lattice.yaml"
fi
printf '%d faults\n' "$n_wrong"
[ "$n_wrong" -eq 0 ]
