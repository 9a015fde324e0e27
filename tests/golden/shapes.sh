# SPDX-License-Identifier: MIT
#
# Shapes that are valid and large: one account with a million positions, 10^5 underlyings with one option each, one
# underlying with 10^5, a million accounts with one position. Each is margined on the default device and by the reference:
# the digests must be equal, and every requirement that of shapes.py. `shapes.sh` makes each a five-hundredth of its size;
#   SHOCKGRID=build/shockgrid SOURCE=. bash tests/golden/shapes.sh 1        makes them whole
set -euo pipefail
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
share=${1:-0.002}
model=$SOURCE/examples/models/span-like.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make NAME UNDERLYINGS INSTRUMENTS ACCOUNTS: instruments go round the underlyings, positions round the accounts.
make() {
  mkdir "$work/$1"
  printf 'as_of: 2026-04-10T20:00:00Z\ncurrency: USD\nrates: zero\n' >"$work/$1/book.yaml"
  awk -v n="$2" 'BEGIN { print "underlying,currency,price"; for (u = 0; u < n; u++) printf "U%d,USD,%d\n", u, 50 + u % 400 }' \
    >"$work/$1/underlyings.csv"
  awk -v n="$3" -v n_u="$2" 'BEGIN {
    print "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol"
    for (c = 0; c < n; c++)
      printf "O%d,option,U%d,%s,european,%.4f,2026-%02d-15T20:00:00Z,100,USD,%.3f\n", c, c % n_u, c % 2 ? "put" : "call",
        (50 + c % n_u % 400) * (0.6 + 0.8 * (c * 7919 % n) / n), 5 + c % 8, 0.2 + 0.1 * (c % 7) / 7 }' >"$work/$1/instruments.csv"
  awk -v n="$3" -v n_a="$4" 'BEGIN {
    print "account,instrument,quantity"
    for (c = 0; c < n; c++) printf "A%d,O%d,%d\n", c % n_a, c, (c * 31 % 41) - 20.5 }' >"$work/$1/positions.csv"
}

scaled() { awk -v n="$1" -v share="$share" 'BEGIN { n *= share; printf "%d", n < 1 ? 1 : n }'; }

digest() { "$SHOCKGRID" run "$work/$1" --model "$model" "${@:2}" | sed -n 's/^  digest *//p'; }

# shape NAME UNDERLYINGS INSTRUMENTS ACCOUNTS
shape() {
  local here there
  make "$@"
  here=$(digest "$1" --out "$work/out")
  there=$(digest "$1" --device reference)
  [ -n "$here" ] && [ "$here" = "$there" ] || { echo "FAULT: $1: digests $here and $there"; exit 1; }
  echo "$1: $here on both devices"
  python3 "$SOURCE/tests/golden/shapes.py" "$work/$1" "$work/out/margins.csv"
  rm -r "${work:?}/$1" "$work/out"
}

shape one_account "$(scaled 1000)" "$(scaled 1000000)" 1
shape many_underlyings "$(scaled 100000)" "$(scaled 100000)" "$(scaled 1000)"
shape one_underlying 1 "$(scaled 100000)" "$(scaled 1000)"
shape many_accounts "$(scaled 1000)" "$(scaled 1000000)" "$(scaled 1000000)"
