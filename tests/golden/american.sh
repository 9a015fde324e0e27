# SPDX-License-Identifier: MIT
#
# American options through the command line. TIMS-IBM: three positions of a sample that Cboe published in 2007 with the
# requirements OCC's system gave them (closes of 23 February 2007); vols solved from the closes with a binomial tree of 400
# steps at 5.3 %, outside shockgrid. Then what is refused rather than mispriced.
set -uo pipefail
export LC_ALL=C
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n_wrong=0

fault() {
  printf 'FAULT: %s\n' "$1"
  n_wrong=$((n_wrong + 1))
}

ibm=$SOURCE/tests/golden/books/tims-ibm
for device in auto reference; do
  "$SHOCKGRID" run "$ibm" --model occ-cpm --device "$device" --out "$out/$device" >"$out/log" 2>&1 || {
    cat "$out/log"
    fault "tims-ibm does not run on $device"
  }
  for row in SHORT-CALL=115429 SHORT-PUT=137527 PROTECTED=37538; do
    awk -F, -v account="${row%=*}" -v published="${row#*=}" '
      $1 == account { seen = 1; error = ($3 - published) / published; exit }
      END { exit !(seen && error < 0.005 && error > -0.005) }' "$out/$device/margins.csv" ||
      fault "tims-ibm on $device: the requirement of ${row%=*} is not within 0.5 % of ${row#*=}"
  done
done
cmp -s "$out/auto/margins.csv" "$out/reference/margins.csv" || fault 'tims-ibm: the device and the reference differ'

# The same book without vols: each price implies what the tree gave, within the tree's error, and the requirements stay. A
# price at intrinsic value in the exercise region and one above its bound hold no vol; the run names both, with the bounds.
cp -r "$ibm" "$out/prices"
chmod -R u+w "$out/prices"
sed -i 's/,implied_vol$//; s/^\(IBM-.*\),[0-9.]*$/\1/' "$out/prices/instruments.csv"
for device in auto reference; do
  "$SHOCKGRID" price "$out/prices" --device "$device" >"$out/implied-$device.csv" 2>"$out/log" || {
    cat "$out/log"
    fault "tims-ibm without vols has no prices on $device"
  }
done
cmp -s "$out/implied-auto.csv" "$out/implied-reference.csv" || fault 'the implied vols of the device and the reference differ'
awk -F, 'NR == FNR { tree[$1] = $11; price[$1] = $10; next }
  tree[$1] + 0 > 0 { n++; off = $3 - tree[$1]; paid = $2 - price[$1]
                 if (off > 3e-4 || off < -3e-4 || paid > 1e-9 || paid < -1e-9) bad = 1 }
  END { exit bad || n != 3 }' "$ibm/instruments.csv" "$out/implied-auto.csv" || {
  cat "$out/implied-auto.csv"
  fault 'the implied vols are not those of the tree, or do not reprice'
}
"$SHOCKGRID" run "$out/prices" --model occ-cpm --out "$out/from-prices" >"$out/log" 2>&1 || fault 'no run without vols'
paste -d, "$out/auto/margins.csv" "$out/from-prices/margins.csv" | awk -F, '
  NR > 1 { n++; error = $3 / $20 - 1; if (error > 1e-3 || error < -1e-3) bad = 1 }
  END { exit bad || n != 3 }' || fault 'implied vols change the requirements'
sed -i 's/^\(IBM-P100.*\),3.18$/\1,2.27/; s/^\(IBM-P95.*\),1.02$/\1,95/' "$out/prices/instruments.csv"
"$SHOCKGRID" run "$out/prices" --model occ-cpm --out "$out/none" >"$out/log" 2>&1
[ $? -eq 3 ] || fault 'prices without a vol are not refused'
for text in 'option "IBM-P100" has no vol: its price 2.27 is at intrinsic value (2.2' \
  'option "IBM-P95" has no vol: its price 95 is at the upper bound or above (95)'; do
  grep -qF -- "$text" "$out/log" || {
    cat "$out/log"
    fault "the message does not say: $text"
  }
done

# fast and accurate agree to 1e-5 of the strikes held, and differ.
{
  printf 'model: {name: fast, extends: occ-cpm}\nvaluation: {american: fast}\n' >"$out/fast.yaml"
  "$SHOCKGRID" run "$ibm" --model "$out/fast.yaml" --out "$out/fast" >"$out/log" 2>&1
} || {
  cat "$out/log"
  fault 'tims-ibm does not run with american: fast'
}
paste -d, "$out/auto/margins.csv" "$out/fast/margins.csv" | awk -F, '
  NR > 1 { error = $3 - $20; if (error > 10 || error < -10) bad = 1; if (error != 0) differs = 1 }
  END { exit bad || !differs }' || fault 'fast is not close to accurate, or is the same'
"$SHOCKGRID" models show "$out/fast.yaml" | grep '^ *american  *fast' >/dev/null || fault 'models show does not name the scheme'

# Boundaries that strikes and vols share: the same bits on both devices, in small tiles, and whatever else the book holds;
# values as with boundaries of their own, within 1e-9 of the strike.
mkdir "$out/chain"
awk -v folder="$out/chain" 'BEGIN {
  print "as_of: 2026-01-05T21:00:00Z\ncurrency: USD\nday_count: act/365f" >(folder "/book.yaml")
  print "underlying,currency,price,kind,dividend_yield\nXYZ,USD,100,equity,0.02" >(folder "/underlyings.csv")
  print "currency,tenor_years,rate_cc\nUSD,1,0.04" >(folder "/rates.csv")
  print "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,implied_vol" >(folder "/instruments.csv")
  print "account,instrument,quantity" >(folder "/positions.csv")
  split("2026-02-20 2026-06-19 2027-01-15", expiry, " ")
  for (e = 1; e <= 3; e++) for (strike = 60; strike <= 140; strike += 5) for (put = 0; put < 2; put++) {
    id = "XYZ" e strike (put ? "P" : "C")
    vol = 0.2 + (100 - strike) * (100 - strike) / 8000
    print id ",option,XYZ," (put ? "put" : "call") ",american," strike "," expiry[e] "T21:00:00Z,100,USD," vol >(folder "/instruments.csv")
    print "ALL," id "," (strike % 3 - 1) * (e + put) >(folder "/positions.csv")
    if (e == 2 && strike == 95) print "ONE," id ",-3" >(folder "/positions.csv")
  }
}'
printf 'model: {name: shared, extends: spot-vol-grid}\nvaluation: {boundaries: shared}\n' >"$out/shared.yaml"
printf 'model: {name: own, extends: spot-vol-grid}\nvaluation: {boundaries: own}\n' >"$out/own.yaml"
cp -r "$out/chain" "$out/alone"
sed -i -n '1p; /^ONE/p' "$out/alone/positions.csv"
sed -i -n '1p; /^XYZ295/p' "$out/alone/instruments.csv"
"$SHOCKGRID" run "$out/chain" --model "$out/shared.yaml" --device reference --out "$out/chain-reference" >"$out/log" 2>&1 &&
  "$SHOCKGRID" run "$out/chain" --model "$out/shared.yaml" --memory 4M --out "$out/chain-tiles" >>"$out/log" 2>&1 &&
  "$SHOCKGRID" run "$out/chain" --model "$out/shared.yaml" --account ONE --out "$out/chain-one" >>"$out/log" 2>&1 &&
  "$SHOCKGRID" run "$out/alone" --model "$out/shared.yaml" --out "$out/chain-alone" >>"$out/log" 2>&1 || {
  cat "$out/log"
  fault 'the chain does not run with shared boundaries'
}
cmp -s "$out/chain-reference/margins.csv" "$out/chain-tiles/margins.csv" || fault 'shared: the device and the reference differ'
for part in one alone; do
  cmp -s <(grep '^ONE' "$out/chain-reference/margins.csv") <(grep '^ONE' "$out/chain-$part/margins.csv") ||
    fault "shared: an account depends on the rest of the book ($part)"
done
"$SHOCKGRID" price "$out/chain" --model "$out/shared.yaml" >"$out/shared.csv" &&
  "$SHOCKGRID" price "$out/chain" --model "$out/own.yaml" >"$out/own.csv" || fault 'the chain has no prices'
paste -d, "$out/shared.csv" "$out/own.csv" | awk -F, 'NR > 1 { n++; off = $2 - $9; if (off != 0) differs = 1
    if (off > 1.4e-7 || off < -1.4e-7) bad = 1 }
  END { exit bad || !differs || n != 102 }' || fault 'shared boundaries are not near their own, or are their own'

# An option on a future exercises into its mark, which carries nothing: at the money put and call are one, and the premium
# over the European put is that of Andersen, Lake and Offengenden (2016), table 2; `accurate` is good to 6e-8 of the strike.
"$SHOCKGRID" price "$SOURCE/tests/golden/books/american-future" >"$out/values.csv" || fault 'american-future has no prices'
awk -F, '
  { value[$1] = $2 }
  END { error = value["OIL-P100"] - value["OIL-P100-EUROPEAN"] - 0.106952702747
        exit !(error < 1e-8 && error > -1e-8 && value["OIL-P100"] == value["OIL-C100"]) }' "$out/values.csv" || {
  cat "$out/values.csv"
  fault 'american-future: the premium is not the published one, or the put is not the call'
}

# refuses WHAT TEXT: the book in $out/WHAT must be refused with TEXT.
refuses() {
  "$SHOCKGRID" run "$out/$1" --model occ-cpm --out "$out/none" >"$out/log" 2>&1
  [ $? -eq 3 ] || fault "$1: not refused as bad input"
  grep -qF -- "$2" "$out/log" || {
    cat "$out/log"
    fault "$1: the message does not say: $2"
  }
}

for book in two-boundaries bachelier; do
  cp -r "$ibm" "$out/$book"
  chmod -R u+w "$out/$book"
done
printf 'currency,tenor_years,rate_cc\nUSD,1,-0.01\n' >"$out/two-boundaries/rates.csv"
sed -i 's/price,kind/price,kind,dividend_yield/; s/equity/equity,-0.02/' "$out/two-boundaries/underlyings.csv"
# Two boundaries (tests/formula/device_two_boundaries.c has their values): the same bits on both devices, and back from a price.
for device in auto reference; do
  "$SHOCKGRID" run "$out/two-boundaries" --model spot-vol-grid --device "$device" --out "$out/two-$device" >"$out/log" 2>&1 || {
    cat "$out/log"
    fault "two-boundaries does not run on $device"
  }
done
cmp -s "$out/two-auto/margins.csv" "$out/two-reference/margins.csv" || fault 'two-boundaries: the device and the reference differ'
"$SHOCKGRID" price "$out/two-boundaries" >"$out/two.csv" || fault 'two-boundaries has no prices'
awk -F, 'NR == FNR { value[$1] = $2; next }
  { OFS = ","; if ($1 in value && $2 == "option") { $10 = value[$1]; $11 = "" } print }' \
  "$out/two.csv" "$ibm/instruments.csv" >"$out/two-boundaries/instruments.csv"
"$SHOCKGRID" price "$out/two-boundaries" >"$out/two-implied.csv" || fault 'two-boundaries: no vols from prices'
paste -d, "$out/two.csv" "$out/two-implied.csv" | awk -F, '$3 > 0 { n++; off = $3 - $10; if (off > 1e-8 || off < -1e-8) bad = 1 }
  END { exit bad || n < 3 }' || {
  cat "$out/two.csv" "$out/two-implied.csv"
  fault 'two-boundaries: the vols that the prices imply are others'
}
sed -i 's/,price,implied_vol/,price,implied_vol,price_model/; s/^\(IBM-P95.*\)/\1,bachelier/; s/^\(IBM-[CS1].*\)/\1,/; s/^\(IBM-P100.*\)/\1,/' \
  "$out/bachelier/instruments.csv"
refuses bachelier 'instrument IBM-P95 has american exercise and price_model bachelier'

[ "$n_wrong" -eq 0 ]
