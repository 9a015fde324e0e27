# SPDX-License-Identifier: MIT
#
# shockgrid price against 40-digit arithmetic (mpmath 1.3: Black's formula on the forward, with the book's rate, yield and
# times), and what it promises about its files.
set -uo pipefail
export LC_ALL=C SHOCKGRID_DEVICE=reference
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
n_wrong=0
n_checked=0
book=$SOURCE/examples/book

complain() {
  printf 'FAULT: %s\n' "$*"
  n_wrong=$((n_wrong + 1))
}

# near WHAT GOT EXPECTED RELATIVE-TOLERANCE
near() {
  n_checked=$((n_checked + 1))
  awk -v got="$2" -v want="$3" -v tolerance="$4" 'BEGIN {
    error = got - want; error = error < 0 ? -error : error; size = want < 0 ? -want : want
    exit !(got != "" && error <= tolerance * size) }' || complain "$1: expected $3, got $2"
}

# column INSTRUMENT NUMBER
column() { awk -F, -v id="$1" -v n="$2" '$1 == id { print $n }' prices.csv; }

"$SHOCKGRID" price "$book" --model occ-cpm --out prices.csv --pnl pnl.csv || complain "price fails"
[ "$(head -1 prices.csv)" = instrument,value,implied_vol,delta,vega,status,method ] || complain "columns of prices.csv"
[ "$(head -1 pnl.csv)" = instrument,block,scenario,value,pnl ] || complain "columns of pnl.csv"
cut -d, -f1 prices.csv | sed 1d | sort -c || complain "prices.csv is not sorted"
[ "$(sed 1d prices.csv | wc -l)" = 13 ] || complain "prices.csv has not one row for each instrument"

# instrument value delta vega
while read -r id value delta vega; do
  near "value of $id" "$(column "$id" 2)" "$value" 1e-13
  near "delta of $id" "$(column "$id" 4)" "$delta" 1e-13
  near "vega of $id" "$(column "$id" 5)" "$vega" 1e-13
done <<'END'
ACME-JUN-C130 3.181575009395952386 0.31931874655462035962 18.839398525040321644
ACME-JUN-P110 2.6941322093093764538 -0.23603759771162815005 16.260227680796729394
LCX-JUN-C5200 64.922578591106344413 0.31426947571957362332 777.94967167276803186
LCX-JUN-P4700 59.622256431963035028 -0.21555235301461180893 642.25860688237367641
BTC-26JUN26-70000-C 0.043943957564378018615 0.32062374257453759631 0.16385080056618615965
BTC-26JUN26-50000-P 0.031796149763170045667 -0.19065890681860305378 0.12449790820956679536
END
near "value of BTC-26JUN26" "$(column BTC-26JUN26 2)" -0.000016420361247947454844 1e-15
near "value of BTC-PERPETUAL" "$(column BTC-PERPETUAL 2)" -0.000016663889351774704216 1e-15
[ "$(column ACME-JUN-C130 3)" = 0.31 ] && [ -z "$(column ACME 3)" ] || complain "implied_vol is not the book's"

# Scenario 1 of occ-cpm: spot -15 %, dividends held, one contract of 100.
row=$(grep '^ACME-JUN-C130,scan,1,' pnl.csv)
near "value in scenario 1" "$(cut -d, -f4 <<<"$row")" 0.26581067704837897302 1e-11
near "P&L in scenario 1" "$(cut -d, -f5 <<<"$row")" -291.5764332347573413 1e-13
[ "$(grep -c '^ACME-JUN-C130,scan,' pnl.csv)" = 10 ] || complain "not every scenario has its row"

"$SHOCKGRID" price "$book" | cmp - prices.csv || complain "standard output differs from the file"
"$SHOCKGRID" price "$book" --model occ-cpm --pnl small.csv --memory 1 >/dev/null || complain "price in little memory fails"
cmp small.csv pnl.csv || complain "less memory gives other rows"
echo precious >kept.csv
"$SHOCKGRID" price nowhere --out kept.csv 2>/dev/null && complain "a book that is not there is priced"
[ "$(cat kept.csv)" = precious ] || complain "a failure has touched the file"
find . -name '*partial*' | grep . && complain "something is left behind"

printf '%d numbers, %d faults\n' "$n_checked" "$n_wrong"
[ "$n_checked" -gt 20 ] && [ "$n_wrong" = 0 ]
