# SPDX-License-Identifier: MIT
#
# The vectors of the crypto venues through the ordinary command line: each line of venues.txt is a column of a result file,
# and what a publication says it is. A book is a folder of tests/golden/books.
set -uo pipefail
export LC_ALL=C
golden=$SOURCE/tests/golden
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n_compared=0
n_wrong=0

# run BOOK MODEL [OPTION...]: into $out/results, unless that is what it holds already.
ran=
run() {
  [ "$*" = "$ran" ] && return
  ran=$*
  local model=$2
  [ -e "$golden/models/$2.yaml" ] && model=$golden/models/$2.yaml
  [ -e "$SOURCE/examples/models/$2.yaml" ] && model=$SOURCE/examples/models/$2.yaml
  "$SHOCKGRID" run "$golden/books/$1" --model "$model" --out "$out/results" --scenario-pnl "${@:3}" >"$out/log" 2>&1 || {
    cat "$out/log"
    printf 'FAULT: %s does not run\n' "$*"
    exit 1
  }
}

# column FILE NAME KEYS: that column of the rows where every KEY has VALUE, of KEY=VALUE;KEY=VALUE.
column() {
  awk -F, -v name="$2" -v keys="$3" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(keys, key, ";"); next }
    {
      for (i = 1; i <= n; i++) { split(key[i], pair, "="); if ($at[pair[1]] != pair[2]) next }
      print $at[name]
    }' "$out/results/$1"
}

# compare WHAT TOLERANCE EXPECTED: standard input against the expected numbers in order. RELATIVE/FLOOR allows the larger
# of RELATIVE times the number and FLOOR; a plain number is an absolute tolerance; `text` compares bytes.
compare() {
  awk -v tolerance="$2" -v expected="$3" -v what="$1" '
    { got[NR] = $0 }
    END {
      n = split(expected, want, " ")
      split(tolerance, part, "/")
      if (NR != n) { printf "FAULT: %s: %d numbers, %d expected\n", what, NR, n; exit 1 }
      for (i = 1; i <= n; i++) {
        if (tolerance == "text") { if (got[i] "" == want[i] "") continue }
        else {
          size = want[i] < 0 ? -want[i] : want[i] + 0
          allowed = part[2] != "" && part[1] * size > part[2] ? part[1] * size : (part[2] != "" ? part[2] : part[1])
          error = got[i] - want[i]
          if (got[i] != "" && (error < 0 ? -error : error) <= allowed + 0) continue
        }
        printf "FAULT: %s: number %d is %s, expected %s within %s\n", what, i, got[i], want[i], tolerance
        wrong = 1
      }
      exit wrong
    }'
}

while IFS='|' read -r vector book model where keys tolerance expected; do
  case $vector in '' | '#'*) continue ;; esac
  read -r vector book where keys tolerance expected <<<"$(printf '%s %s %s %s %s %s' $vector $book $where $keys $tolerance "$expected")"
  # shellcheck disable=SC2086 # options of the model stand behind its name
  run $book $model
  n_compared=$((n_compared + 1))
  column "${where%:*}" "${where#*:}" "$keys" | compare "$vector, $where of $keys" "$tolerance" "$expected" ||
    n_wrong=$((n_wrong + 1))
done <"$golden/venues.txt"

# digest BOOK MODEL [OPTION...]
digest() {
  "$SHOCKGRID" run "$1" --model "$2" "${@:3}" | sed -n 's/^  digest *//p'
}

# same_digest WHAT EXPECTED GOT
same_digest() {
  n_compared=$((n_compared + 1))
  if [ -z "$2" ] || [ "$2" != "$3" ]; then
    printf 'FAULT: %s: digest %s, expected %s\n' "$1" "$3" "$2"
    n_wrong=$((n_wrong + 1))
  fi
}

# Discounts, credits by scenario and posted assets give the same bits in any lanes, tiles and order of rows; a position or
# a posting in two rows is their sum, and one of 0 is none.
for pair in drv2-13:derive-pmrm2 dbt-large:deribit-pm pools:derive-standard; do
  book=$golden/books/${pair%:*} model=${pair#*:}
  expected=$(digest "$book" "$model" --device reference)
  for options in '--lanes 1' '--lanes 16 --tile-scenarios 7' '--tile-scenarios 1 --tile-accounts 1'; do
    # shellcheck disable=SC2086 # several options
    same_digest "$pair with $options" "$expected" "$(digest "$book" "$model" $options)"
  done
  rm -rf "$out/book" && cp -r "$book" "$out/book"
  for file in positions collateral; do
    [ -e "$book/$file.csv" ] || continue
    awk -F, -v OFS=, -v CONVFMT=%.17g 'NR == 1 { print; next } { rows[NR] = $0; half = $0; n = $3; $3 = n + 12.5; a = $0
        $3 = -12.5; for (i = 4; i <= NF; i++) { $i = "" } b = $0; rows[NR] = b "\n" a; $3 = 0; rows[NR] = rows[NR] "\n" $0 }
      END { for (i = NR; i > 1; i--) print rows[i] }' "$book/$file.csv" >"$out/book/$file.csv"
  done
  [ "$pair" = dbt-large:deribit-pm ] || continue # whole quantities, which awk adds exactly
  same_digest "$pair with rows split and turned round" "$expected" "$(digest "$out/book" "$model" --device reference)"
done

printf '%d compared, %d faults\n' "$n_compared" "$n_wrong"
[ "$n_compared" -gt 0 ] && [ "$n_wrong" -eq 0 ]
