# SPDX-License-Identifier: MIT
#
# Options with cash dividends through the command line: the first hundred rows of tests/formula/quantlib_dividends.csv
# without a yield as a book, each an underlying of its own, against QuantLib's finite differences; a lattice against one of somebody else.
set -uo pipefail
export LC_ALL=C
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n_wrong=0

fault() {
  printf 'FAULT: %s\n' "$1"
  n_wrong=$((n_wrong + 1))
}

mkdir "$out/book"
printf 'as_of: 2026-01-01T00:00:00Z\ncurrency: USD\nday_count: act/365f\nexpiry_time: "00:00:00Z"\n' >"$out/book/book.yaml"
awk -F, -v out="$out/book" -v expected="$out/expected" '
  function date(days,    m) { # 2026 + days, to 2029
    split("31 28 31 30 31 30 31 31 30 31 30 31", length_of, " ")
    year = 2026
    while (days >= (year == 2028 ? 366 : 365)) { days -= year == 2028 ? 366 : 365; year++ }
    for (m = 1; days >= length_of[m] + (m == 2 && year == 2028); m++) { days -= length_of[m] + (m == 2 && year == 2028) }
    return sprintf("%04d-%02d-%02d", year, m, days + 1)
  }
  NR == 1 {
    print "underlying,currency,price,dividend_yield" >out "/underlyings.csv"
    print "currency,tenor_years,rate_cc" >out "/rates.csv"
    print "underlying,ex_date,amount" >out "/dividends.csv"
    print "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol" >out "/instruments.csv"
    print "account,instrument,quantity" >out "/positions.csv"
    next
  }
  $3 != 0 { next }
  ++n_rows > 100 { exit }
  {
    id = sprintf("%03d", n_rows)
    print "U" id ",C" id ",100," $3 >out "/underlyings.csv"
    print "C" id ",1," $2 >out "/rates.csv"
    n = split($8, paid, ";")
    for (j = 1; j <= n; j++) {
      split(paid[j], part, "@")
      print "U" id "," date(part[2]) "," part[1] >out "/dividends.csv"
    }
    print "O" id ",option,U" id "," ($6 ? "put" : "call") "," ($7 ? "american" : "european") "," $1 "," date($5) ",1,C" id "," \
      $4 >out "/instruments.csv"
    print "A,O" id ",1" >out "/positions.csv"
    print "O" id "," $7 "," $11 >expected
  }' "$SOURCE/tests/formula/quantlib_dividends.csv"

printf 'model: {name: on-spot, extends: spot-vol-grid}\nvaluation: {european: spot}\n' >"$out/on-spot.yaml"
printf 'model: {name: lattice, extends: occ-cpm}\nvaluation: {american: lattice, steps: 400}\n' >"$out/lattice.yaml"
for device in auto reference; do
  "$SHOCKGRID" price "$out/book" --model "$out/on-spot.yaml" --device "$device" --pnl "$out/pnl-$device" >"$out/$device.csv" 2>"$out/log" || {
    cat "$out/log"
    fault "the book has no prices on $device"
  }
done
cmp -s "$out/auto.csv" "$out/reference.csv" || fault 'values differ between the device and the reference'
cmp -s "$out/pnl-auto" "$out/pnl-reference" || fault 'P&L differs between the device and the reference'
awk -F, 'NR == FNR { expected[$1] = $3; next }
  FNR > 1 { error = $2 - expected[$1]; n++; if (error > 0.02 || error < -0.02) { print $0, expected[$1]; bad = 1 } }
  END { exit bad || n != 100 }' "$out/expected" "$out/auto.csv" || fault 'a value is not within 2e-4 of spot of QuantLib'
# Without the model's request European options stay on their forward; American ones do not change.
"$SHOCKGRID" price "$out/book" >"$out/forward.csv" || fault 'the book has no prices without a model'
awk -F, 'FILENAME ~ /expected/ { american[$1] = $2; next }
  FILENAME ~ /auto/ { value[$1] = $2; next }
  FNR > 1 { if (american[$1] == 1 && value[$1] != $2) bad = 1; if (american[$1] == 0 && value[$1] != $2) moved++ }
  END { exit bad || moved < 10 }' "$out/expected" "$out/auto.csv" "$out/forward.csv" || fault 'exercise and convention are mixed up'

# A price gives back its vol where the vol makes a difference: within 1e-9 of strike, the vol to 1e-6.
cp -r "$out/book" "$out/priced"
awk -F, -v OFS=, 'FILENAME ~ /auto/ { value[$1] = $2; next }
  { $10 = FNR == 1 ? "price" : value[$1]; print }' "$out/auto.csv" "$out/book/instruments.csv" >"$out/priced/instruments.csv"
for model in on-spot lattice; do
  "$SHOCKGRID" price "$out/priced" --model "$out/$model.yaml" >"$out/implied.csv" || fault "no vols are implied under $model"
  awk -F, -v model="$model" 'FILENAME ~ /auto/ { price[$1] = $2; vol[$1] = $3; vega[$1] = $5; next }
    FILENAME ~ /instruments/ { strike[$1] = $6; next }
    FNR > 1 && $6 == "ok" && vega[$1] > 1 {
      n++
      error = ($2 - price[$1]) / strike[$1]
      off = $3 - vol[$1]
      if (error > 1e-9 || error < -1e-9 || (model == "on-spot" && (off > 1e-6 || off < -1e-6))) { print; bad = 1 }
    }
    FNR > 1 && $6 != "ok" && $6 != "at intrinsic value" && model == "on-spot" { print; bad = 1 }
    END { exit bad || n < 70 }' "$out/auto.csv" "$out/book/instruments.csv" "$out/implied.csv" || fault "implied vols under $model"
done

# The vols of tims-ibm were solved outside shockgrid with a lattice of 400 steps: ours gives back the closes.
ibm=$SOURCE/tests/golden/books/tims-ibm
"$SHOCKGRID" price "$ibm" --model "$out/lattice.yaml" >"$out/ibm.csv" || fault 'tims-ibm has no prices on a lattice'
for close in IBM-C100=1.68 IBM-P100=3.18 IBM-P95=1.02; do
  awk -F, -v id="${close%=*}" -v price="${close#*=}" '
    $1 == id { error = $2 - price; seen = error < 1e-9 && error > -1e-9 }
    END { exit !seen }' "$out/ibm.csv" || fault "the lattice does not give back the close of ${close%=*}"
done
for device in auto reference; do
  "$SHOCKGRID" run "$ibm" --model "$out/lattice.yaml" --device "$device" --out "$out/ibm-$device" >"$out/log" 2>&1 || {
    cat "$out/log"
    fault "tims-ibm does not run on a lattice on $device"
  }
done
cmp -s "$out/ibm-auto/margins.csv" "$out/ibm-reference/margins.csv" || fault 'the lattice differs between devices'
for row in SHORT-CALL=115429 SHORT-PUT=137527 PROTECTED=37538; do
  awk -F, -v account="${row%=*}" -v published="${row#*=}" '
    $1 == account { error = ($3 - published) / published; seen = error < 0.005 && error > -0.005 }
    END { exit !seen }' "$out/ibm-auto/margins.csv" || fault "on a lattice ${row%=*} is not within 0.5 % of ${row#*=}"
done
"$SHOCKGRID" models show "$out/lattice.yaml" | grep '^ *american  *lattice, 400 steps' >/dev/null || fault 'models show does not name the lattice'
"$SHOCKGRID" models show "$out/on-spot.yaml" | grep '^ *european  *spot' >/dev/null || fault 'models show does not name the convention'

[ "$n_wrong" -eq 0 ]
