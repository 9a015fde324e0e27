# SPDX-License-Identifier: MIT
#
# Runs that end by SIGKILL, at every system call and at random moments: what can be seen is the old or the new result, or
# nothing that vouches for itself; the run repeated into the same folder gives the usual bytes and removes all that the
# dead one left. Then two runs into one folder at once. `kills.sh` takes a sample, `kills.sh all` (cmake --build build
# --target kill_sweep) every system call and 1,000 random moments.
. "$SOURCE/tests/faults/faults.bash"

book=$SOURCE/examples/book
mkdir "$work/old"
"$SHOCKGRID" run "$book" --model spot-vol-grid --device reference --out "$work/old/out" --quiet || exit 1
if [ "$extent" = all ]; then
  every=1 runs=1000
else
  every=9 runs=40
fi

# killed NAME BEFORE COMMAND...
killed() {
  FAULT_EVERY=$every inject kill "$@"
  FAULT_RUNS=$runs inject random "$@"
}
killed run '' run "$book" --model occ-cpm --device reference --scenario-pnl --out @/out
killed run-over "$work/old" run "$book" --model occ-cpm --device reference --out @/out
[ "$extent" != all ] || runs=300
killed price '' price "$book" --model occ-cpm --device reference --pnl @/pnl.csv --out @/prices.csv
killed import '' import deribit "$SOURCE/tests/fuzz/corpus/input_deribit/one_coin" --accounts 3 --out @/book
killed generate '' generate @/book --accounts 4 --positions 3 --instruments 30 --underlyings 2 --seed 1
killed report "$work/old" report @/out --device reference
if [ "$extent" = all ]; then
  "$SHOCKGRID" import yahoo "$SOURCE/tests/fuzz/corpus/input_yahoo/share" --imply --accounts 3 --out "$work/unimplied" || exit 1
  killed implied '' run "$work/unimplied" --model occ-cpm --device reference --out @/out
  killed explain "$work/old" explain @/out collar --device reference
fi

# Two runs at once, under two models: one of them wins, whole. `diff` of the folder with itself checks each file against
# the manifest and repeats the run.
n_rounds=$((runs / 4))
for ((i = 0; i < n_rounds; i++)); do
  [ $((i % 2)) = 0 ] || rm -rf "$work/both"
  "$SHOCKGRID" run "$book" --model occ-cpm --device reference --out "$work/both" --quiet &
  "$SHOCKGRID" run "$book" --model spot-vol-grid --device reference --out "$work/both" --quiet &
  wait -n || { echo "FAULT: a run beside another fails"; n_wrong=$((n_wrong + 1)); }
  wait -n || { echo "FAULT: a run beside another fails"; n_wrong=$((n_wrong + 1)); }
  "$SHOCKGRID" diff "$work/both" "$work/both" --device reference >"$work/said" 2>&1 ||
    { cat "$work/said"; echo "FAULT: two runs at once have mixed their files"; n_wrong=$((n_wrong + 1)); }
  [ "$(ls -A "$work/both")" = $'lines.csv\nmanifest.json\nmargins.csv\nquality.csv\nscenarios.csv' ] ||
    { ls -A "$work/both"; echo "FAULT: two runs at once leave debris"; n_wrong=$((n_wrong + 1)); }
done
printf 'two runs at once: %d rounds\n' "$n_rounds"
finish
