# SPDX-License-Identifier: MIT
#
# Two worked examples through the ordinary command line, to the digits they are printed with. TIMS-D1: Black-Scholes closed
# form under the valuation points of SEC release 34-46576; DBT-D1: Black 1976 under Deribit's published 9 x 3 table for
# BTC. Both were computed outside shockgrid; recomputed in Python with math.erfc they agree in every digit.
set -uo pipefail
shopt -s lastpipe # so that counts made at the end of a pipe survive it
export LC_ALL=C
books=$SOURCE/tests/golden/books
deribit=$SOURCE/tests/golden/models/deribit-grid.yaml
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n_compared=0
n_wrong=0

# run BOOK MODEL [OPTION...]: into $out/BOOK
run() {
  "$SHOCKGRID" run "$books/$1" --model "$2" --out "$out/$1" --scenario-pnl "${@:3}" >"$out/log" 2>&1 || {
    cat "$out/log"
    printf 'FAULT: %s under %s does not run\n' "$1" "$2"
    exit 1
  }
}

# column FILE NAME KEY=VALUE...: that column of the rows where every KEY has VALUE.
column() {
  local file=$1 name=$2
  shift 2
  awk -F, -v name="$name" -v keys="$*" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(keys, key, " "); next }
    {
      for (i = 1; i <= n; i++) { split(key[i], pair, "="); if ($at[pair[1]] != pair[2]) next }
      print $at[name]
    }' "$file"
}

# same WHAT DECIMALS EXPECTED: compares standard input, rounded, with the expected numbers.
same() {
  local got
  got=$(awk -v d="$2" '{ x = sprintf("%.*f", d, $1); sub(/^-0(\.0*)?$/, substr(x, 2), x); printf "%s%s", (NR > 1 ? " " : ""), x }')
  n_compared=$((n_compared + 1))
  if [ "$got" != "$3" ]; then
    printf 'FAULT: %s\n  expected %s\n  got      %s\n' "$1" "$3" "$got"
    n_wrong=$((n_wrong + 1))
  fi
}

# A requirement, as margins.csv says it and as the sum of its lines.
requires() { # BOOK ACCOUNT DECIMALS EXPECTED
  column "$out/$1/margins.csv" initial account="$2" | same "$1: initial requirement of $2" "$3" "$4"
  column "$out/$1/lines.csv" amount account="$2" measure=initial | awk '{ sum += $1 } END { printf "%.17g\n", sum }' |
    same "$1: sum of the initial lines of $2" "$3" "$4"
}

vector() { # BOOK ACCOUNT NODE DECIMALS EXPECTED
  column "$out/$1/scenario_pnl.csv" pnl account="$2" node="$3" | same "$1: P&L of $2, node $3, by scenario" "$4" "$5"
}

A='52674.19 40872.96 30351.15 20632.81 10861.22 -9421.41 -20222.51 -32492.24 -46169.42 -61079.92'
B='-2576.13 -2843.54 -2721.51 -2188.02 -1262.82 1125.04 2366.80 3695.64 5086.44 6519.34'
C='-6072.89 -4489.11 -3045.27 -1788.43 -762.15 479.16 673.19 595.65 272.47 -262.57'

# Outer: price -16 % to +16 % in steps of 4 %; inner: vol up, same, down. BTC, short one option.
D='0.0066727419 0.0124091196 0.0127315683
0.0023368518 0.0116835316 0.0126887126
-0.0038819074 0.0099242460 0.0124415716
-0.0122459449 0.0063304854 0.0114464927
-0.0228873487 0.0000000000 0.0085134606
-0.0357920029 -0.0098180772 0.0019052254
-0.0508076098 -0.0234788334 -0.0099448946
-0.0676703269 -0.0408259701 -0.0275266252
-0.0860417877 -0.0612491021 -0.0499385402'
D=${D//$'\n'/ }

# The vectors as printed are those of class groups, before any offset: gains in full.
run tims-d1-none occ-cpm --set product_offset=1 --set portfolio_offset=1
vector tims-d1-none A A 2 "$A"
vector tims-d1-none B B 2 "$B"
vector tims-d1-none C C 2 "$C"

run tims-d1-none occ-cpm
requires tims-d1-none A 2 61079.92
requires tims-d1-none B 2 2843.54
requires tims-d1-none C 2 6072.89
requires tims-d1-none AB 4 63923.4512
for minimum in A=187.50 B=150.00 C=375.00; do # 0.375 x multiplier for each option
  column "$out/tims-d1-none/lines.csv" amount account="${minimum%=*}" measure=initial rule=minimum |
    same "tims-d1-none: minimum of ${minimum%=*}" 2 "${minimum#*=}"
done

run tims-d1-class occ-cpm
requires tims-d1-class A 2 61079.92
requires tims-d1-class AB 2 54560.58

run tims-d1-product occ-cpm
requires tims-d1-product AB 2 55212.51
requires tims-d1-product ABC 2 61285.40

run dbt-d1 "$deribit"
requires dbt-d1 COIN 10 0.0860417877
requires dbt-d1 DOLLAR 5 5162.50726
column "$out/dbt-d1/scenario_pnl.csv" pnl account=COIN | same 'dbt-d1: P&L of COIN by scenario' 10 "$D"

# One account with both books: each node as alone; the requirement is their sum at the base rate of 60,000. The coin option
# under occ-cpm, +-15 % and vol held, loses 0.0559006267 BTC at most: Black 1976 in Python.
run both-d1 occ-cpm --set product_offset=1 --set portfolio_offset=1
vector both-d1 BOTH A 2 "$A"
vector both-d1 BOTH B 2 "$B"
vector both-d1 BOTH C 2 "$C"
requires both-d1 BOTH 2 73350.38

# Under Deribit's table the shares' nodes lose 221,973.37, 3,487.66 and 7,850.06 USD, again Python; the coin's as above.
run both-d1 "$deribit"
vector both-d1 BOTH BTC 10 "$D"
requires both-d1 BOTH 2 238473.59

printf '%d compared, %d faults\n' "$n_compared" "$n_wrong"
[ "$n_wrong" -eq 0 ]
