#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Shapes that are valid and large: one account with a million positions, 10^5 underlyings with one option each, one
# underlying with 10^5. Each is margined on the default device and by the reference, and the digests must be equal.
#   tests/big_shapes.sh PATH-OF-SHOCKGRID [SHARE]      SHARE 0.01 makes each a hundredth of its size
set -euo pipefail
program=$1
share=${2:-1}
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

# check NAME: digests of both devices, seconds and the most memory that the default device's run took.
check() {
  local here there
  here=$(TIMEFORMAT='  %R s'; time "$program" run "$work/$1" --model spot-vol-grid | sed -n 's/^  digest *//p')
  there=$("$program" run "$work/$1" --model spot-vol-grid --device reference | sed -n 's/^  digest *//p')
  [ -n "$here" ] && [ "$here" = "$there" ] || { echo "FAULT: $1: digests $here and $there"; exit 1; }
  echo "$1: $here on both devices"
}

make one_account "$(scaled 1000)" "$(scaled 1000000)" 1
check one_account
make many_underlyings "$(scaled 100000)" "$(scaled 100000)" "$(scaled 1000)"
check many_underlyings
make one_underlying 1 "$(scaled 100000)" "$(scaled 1000)"
check one_underlying
