# SPDX-License-Identifier: MIT
#
# The venues' models with other books and parameters: venue_cases.txt holds books, models that extend the shipped ones,
# and what an independent computation (venue_formulas.py) makes of them, scenario by scenario. SHOCKGRID_VENUE_CASES:
# another such file, as `venue_cases.py SEED` writes it.
set -uo pipefail
export LC_ALL=C
cases=${SHOCKGRID_VENUE_CASES:-$SOURCE/tests/golden/venue_cases.txt}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT

# Books become folders; a model becomes MODEL.yaml, MODEL.book (the name of its book) and MODEL.expected.
awk -v out="$out" '
  /^#/ { next }
  /^=== book / { book = $3; folder = out "/books/" $3; system("mkdir -p " folder); next }
  /^--- / { close(file); file = folder "/" $2; next }
  /^=== model / {
    close(file)
    file = out "/" $3 ".yaml"
    expected = out "/" $3 ".expected"
    print book >(out "/" $3 ".book")
    next
  }
  / \| / { print >expected; next }
  { print >file }' "$cases"

# compare FOLDER EXPECTED: each line is CASE | FILE:COLUMN | KEY=VALUE;... | RELATIVE/FLOOR | numbers of the rows that
# match, in order. Prints faults, then how many numbers were compared.
compare() {
  awk -v folder="$1" '
    BEGIN { FS = " [|] " }
    {
      n++
      split($2, at, ":")
      what[n] = $1 ", " $2 " of " $3
      file[n] = at[1]
      column[n] = at[2]
      keys[n] = $3
      tolerance[n] = $4
      numbers[n] = $5
      files[at[1]] = 1
    }
    END {
      for (f in files) {
        path = folder "/" f
        getline line <path
        n_heads = split(line, head, ",")
        while ((getline line <path) > 0) {
          split(line, cell, ",")
          for (i = 1; i <= n_heads; i++) value[head[i]] = cell[i]
          for (c = 1; c <= n; c++) {
            if (file[c] != f) continue
            matches = 1
            n_keys = split(keys[c], key, ";")
            for (k = 1; k <= n_keys && matches; k++) { split(key[k], pair, "="); matches = value[pair[1]] == pair[2] }
            if (matches) got[c, ++n_got[c]] = value[column[c]]
          }
        }
      }
      for (c = 1; c <= n; c++) {
        n_want = split(numbers[c], want, " ")
        split(tolerance[c], part, "/")
        if (n_want != n_got[c] + 0) printf "FAULT: %s: %d numbers, %d expected\n", what[c], n_got[c], n_want
        for (i = 1; i <= n_want && n_want == n_got[c]; i++) {
          size = want[i] < 0 ? -want[i] : want[i] + 0
          allowed = part[1] * size > part[2] ? part[1] * size : part[2] + 0
          error = got[c, i] - want[i]
          if (got[c, i] == "" || (error < 0 ? -error : error) > allowed)
            printf "FAULT: %s: number %d is %s, expected %s\n", what[c], i, got[c, i], want[i]
          compared++
        }
      }
      print compared + 0
    }' "$2"
}

n_compared=0
n_wrong=0
for expected in "$out"/*.expected; do
  model=${expected%.expected}
  "$SHOCKGRID" run "$out/books/$(cat "$model.book")" --model "$model.yaml" --device reference --quiet --scenario-pnl \
    --out "$out/results" >"$out/log" 2>&1 || { printf 'FAULT: %s does not run\n' "$model" && cat "$out/log" && exit 1; }
  compare "$out/results" "$expected" >"$out/compared"
  grep '^FAULT' "$out/compared" && n_wrong=$((n_wrong + $(grep -c '^FAULT' "$out/compared")))
  n_compared=$((n_compared + $(tail -n 1 "$out/compared")))
done
printf '%d compared, %d faults\n' "$n_compared" "$n_wrong"
[ "$n_compared" -gt 1000 ] && [ "$n_wrong" -eq 0 ]
