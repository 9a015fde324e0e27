# SPDX-License-Identifier: MIT
#
# The chains of AAPL (2014-06-16, with its dividends) and GOOG (2015-12-31, without): imported, their vols implied by closes,
# accounts margined under occ-cpm. Every implied vol reprices its close; what holds none is counted by reason.
set -uo pipefail
export LC_ALL=C
chains=${SHOCKGRID_DATA:-$SOURCE/../shared/data}/chains
[ -d "$chains" ] || {
  echo "no $chains: skipped"
  exit 77
}
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n_wrong=0

fault() {
  printf 'FAULT: %s\n' "$1"
  n_wrong=$((n_wrong + 1))
}

# chain NAME FILE IMPLIED WITHOUT OPTION...: how many closes imply a vol, and how many none, of the options imported
chain() {
  local name=$1 file=$2 implied=$3 without=$4
  shift 4
  "$SHOCKGRID" import lean "$chains/$file" "$@" --imply --accounts 1000 --seed 1 --out "$out/$name" >"$out/log" &&
    "$SHOCKGRID" run "$out/$name" --model occ-cpm --unimplied 0.3 --out "$out/$name-margins" >"$out/$name.txt" 2>>"$out/log" &&
    "$SHOCKGRID" price "$out/$name" --model occ-cpm >"$out/$name.csv" || {
    cat "$out/log"
    fault "$name is not margined"
    return
  }
  awk -F, -v implied="$implied" -v without="$without" '
    NR == FNR { close_of[$1] = $11; strike[$1] = $6; next }
    $6 == "ok" && close_of[$1] > 0 { n++; off = ($2 - close_of[$1]) / strike[$1]; if (off > 1e-9 || off < -1e-9) bad = 1 }
    $6 ~ /intrinsic|bound/ { n_without++ }
    END { print n, "implied,", n_without, "without"; exit bad || n != implied || n_without != without }' \
    "$out/$name/instruments.csv" "$out/$name.csv" || fault "$name: expected $implied and $without, each repriced to 1e-9 of strike"
  grep -q "vols .* implied by the price" "$out/$name.txt" || fault "$name: the summary does not count the vols"
  grep -q "priced with 0.3: its price .*, .* intrinsic value" "$out/$name.txt" || fault "$name: options without a vol are not named"
}
chain AAPL lean_aapl_2014-06-16.csv 2418 33 --rate 0.002 --dividends "$SOURCE/examples/aapl-dividends-2014.csv"
chain GOOG lean_goog_2015-12-31.csv 1539 37 --rate 0.006

[ "$n_wrong" -eq 0 ]
