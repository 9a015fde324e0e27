# SPDX-License-Identifier: MIT
#
# One input, one answer: the result files are the same bytes for every lane width, device, tile size, thread count,
# order of rows and columns, locale, and whether the program was built with fused multiply-add instructions or without.
set -uo pipefail
export LC_ALL=C
unset SHOCKGRID_DEVICE
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
program=$SHOCKGRID
environment=()
n_compared=0
n_wrong=0

# ---- books ----------------------------------------------------------------------------------------

# 300 accounts, some of them parents, 3 underlyings, 3 currencies, 63 instruments, 3,000 positions, 40 scenarios.
make_book() {
  mkdir -p "$1/scenarios"
  printf '%s\n' 'as_of: 2026-04-10T20:00:00Z' 'currency: USD' 'day_count: act/365f' >"$1/book.yaml"
  printf '%s\n' currency,rate_to_base BTC,60000 EUR,1.0817 >"$1/fx.csv"
  printf '%s\n' currency,tenor_years,rate_cc USD,0.25,0.042 USD,1,0.04 EUR,1,0.0213 >"$1/rates.csv"
  printf '%s\n' underlying,currency,price,kind,asset,class_group,product_group,portfolio_group,x_size \
    BTC,USD,60000,crypto,BTC,,,,large IDX,USD,5003.5,broad_index,,I,E,E, DAX,EUR,18000.1,high_cap_index,,D,E,E, \
    >"$1/underlyings.csv"
  awk -v folder="$1" '
    function next_below(n) { state = (state * 16807) % 2147483647; return state % n } # Park and Miller, 1988
    BEGIN {
      state = 20260410
      split("BTC IDX DAX", underlying); split("60000 5000 18000", price); split("USD USD EUR", paid)
      split("2026-04-24T08:00:00Z 2026-06-26T08:00:00Z 2027-03-26T08:00:00Z", expiry)
      file = folder "/instruments.csv"
      print "instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,implied_vol" >file
      for (u = 1; u <= 3; u++) for (e = 1; e <= 3; e++) {
        for (k = 0; k < 6; k++) {
          id[n++] = underlying[u] "-" e "-" k
          terms = (k % 2 ? "put" : "call") ",european," price[u] * (80 + 7 * k) / 100 "," expiry[e]
          settled = u == 1 && k < 4 ? "BTC,inverse" : paid[u] ",linear"
          print id[n - 1] ",option," underlying[u] "," terms "," (u == 1 ? 1 : 10) "," settled ",0." (20 + 3 * k + 11 * e) >file
        }
        id[n++] = underlying[u] "-" e
        print id[n - 1] ",future," underlying[u] ",,,," expiry[e] ",1," paid[u] ",linear," >file
      }
      file = folder "/accounts.csv"
      print "account,parent,to_parent,currency,sides,x_open_orders" >file
      for (a = 0; a < 300; a++) {
        currency = a % 7 == 3 || a % 7 == 0 ? "USD" : a % 5 == 1 ? "EUR" : a % 5 == 2 ? "BTC" : ""
        print "A" a "," (a % 7 == 3 ? "A" a - 3 : "") "," (a % 14 == 3 ? "net" : "") "," currency "," \
          (a % 7 == 5 ? "gross" : "") "," (a % 9 ? "" : a) >file
      }
      file = folder "/positions.csv"
      print "account,instrument,quantity" >file
      for (p = 0; p < 3000; p++) {
        size = (next_below(2) ? "-" : "") next_below(90) "." next_below(1000)
        print "A" next_below(300) "," id[next_below(n)] "," size >file
      }
      file = folder "/scenarios/crash.csv"
      print "scenario,factor,move,kind,weight" >file
      for (s = 0; s < 40; s++) {
        for (u = 1; u <= 3; u++)
          print "S" s ",price:" underlying[u] "," next_below(400) / 1000 - 0.2 ",relative,1" >file
        if (s % 3 == 0) print "S" s ",vol:IDX@30,0.1,absolute,1\nS" s ",vol:IDX@90,-0.2,relative,1" >file
        if (s % 4 == 0) print "S" s ",fx:EUR," next_below(100) / 1000 - 0.05 ",relative,1" >file
      }
    }'
}

# Another order of rows and the columns from right to left. No field of these books has a comma in it. Scenarios are
# numbered by where they first appear, so their rows keep their order.
shuffle_book() { # FROM TO
  mkdir -p "$2"
  cp "$1/book.yaml" "$2"
  local file sorter
  (cd "$1" && find . -name '*.csv') | while IFS= read -r file; do
    mkdir -p "$2/$(dirname "$file")"
    sorter='sort -n'
    case $file in ./scenarios/*) sorter=cat ;; esac
    awk -F, '{
      line = $NF
      for (i = NF - 1; i > 0; i--) line = line "," $i
      print (NR == 1 ? 0 : 1 + NR * 7919 % 10007) "\t" line
    }' "$1/$file" | $sorter | cut -f 2- >"$2/$file"
  done
}

# ---- comparing ------------------------------------------------------------------------------------

fault() {
  printf 'FAULT: %s\n' "$*"
  n_wrong=$((n_wrong + 1))
}

# margin OUT BOOK MODEL [OPTION...]
margin() {
  env "${environment[@]}" "$program" run "$2" --model "$3" --out "$work/$1" --scenario-pnl --quiet "${@:4}" \
    >"$work/log" 2>&1 || {
    cat "$work/log"
    fault "${*:2} does not run"
  }
}

# same WHAT EXPECTED GOT: four files of two result folders.
same() {
  local file
  for file in margins.csv lines.csv scenarios.csv scenario_pnl.csv; do
    n_compared=$((n_compared + 1))
    cmp "$work/$2/$file" "$work/$3/$file" || fault "$1: another $file"
  done
}

# try WHAT [OPTION...]: both books again, with these options.
try() {
  rm -rf "$work/small" "$work/large"
  margin small "$small" occ-cpm "${@:2}"
  same "$1, small book" small-expected small
  margin large "$large" "$laws" "${@:2}"
  same "$1, large book" large-expected large
}

small=$SOURCE/examples/book
large=$work/book
laws=$SOURCE/tests/property/laws.yaml
make_book "$large"
margin small-expected "$small" occ-cpm --device reference
margin large-expected "$large" "$laws" --device reference
[ "$(wc -l <"$work/large-expected/margins.csv")" -gt 250 ] || fault 'the large book has few accounts'

# ---- everything that must not matter --------------------------------------------------------------

if "$program" run "$small" --model occ-cpm --device cpu --quiet >/dev/null 2>&1; then
  for lanes in 1 2 4 8 16; do
    try "$lanes lanes" --device cpu --lanes "$lanes"
  done
  for threads in 1 2; do
    environment=("POCL_MAX_PTHREAD_COUNT=$threads")
    try "$threads threads" --device cpu
  done
  environment=()
  try 'tiles of 7 scenarios on the device' --device cpu --tile-scenarios 7 --tile-accounts 11
else
  echo 'skipped: lanes and threads, for there is no OpenCL CPU device here'
fi
for tile in '1 1' '3 50' '16 7' '17 1000'; do
  try "tiles of $tile" --device reference --tile-scenarios "${tile% *}" --tile-accounts "${tile#* }"
done
try 'little memory' --device reference --memory 64K

shuffle_book "$small" "$work/small-shuffled"
shuffle_book "$large" "$work/large-shuffled"
cmp -s "$large/positions.csv" "$work/large-shuffled/positions.csv" && fault 'nothing was shuffled'
(small=$work/small-shuffled large=$work/large-shuffled && try 'other orders of rows and columns' --device reference &&
  exit "$n_wrong") || n_wrong=$((n_wrong + $?))

if mkdir "$work/locale" && localedef -i de_DE -f UTF-8 "$work/locale/de_DE.UTF-8" >/dev/null 2>&1 &&
  [ "$(env LOCPATH="$work/locale" LC_ALL=de_DE.UTF-8 locale decimal_point)" = , ]; then
  environment=("LOCPATH=$work/locale" LC_ALL=de_DE.UTF-8)
  try 'a locale with decimal commas' --device reference
  environment=()
else
  echo 'skipped: a locale with decimal commas, for localedef or its sources are not here'
fi

if grep -qw fma /proc/cpuinfo 2>/dev/null; then
  cmake -S "$SOURCE" -B "$work/fma" -DCMAKE_C_FLAGS=-mfma -DBUILD_TESTING=OFF >"$work/log" 2>&1 &&
    cmake --build "$work/fma" --parallel 2 --target shockgrid_cli >>"$work/log" 2>&1 || {
    tail -n 20 "$work/log"
    fault 'the build with -mfma fails'
  }
  [ "$(objdump -d "$work/fma/libshockgrid.so" | grep -c vfmadd)" -gt 0 ] ||
    fault 'the build with -mfma has no such instructions'
  program=$work/fma/shockgrid
  try 'a build with -mfma' --device reference
else
  echo 'skipped: a build with -mfma, for this CPU has no such instructions'
fi

printf '%d files compared, %d faults\n' "$n_compared" "$n_wrong"
[ "$n_wrong" -eq 0 ] && [ "$n_compared" -gt 0 ]
