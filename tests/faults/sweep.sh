# SPDX-License-Identifier: MIT
#
# Every allocation, system call and OpenCL call of a command made to fail in turn (inject.h): the run says so and ends with
# the right exit code, gives everything back, and leaves no output, or it went well and its output is the usual one.
# `sweep.sh` takes a sample, `sweep.sh all` (cmake --build build --target fault_sweep) every point, and lasting failures too.
. "$SOURCE/tests/faults/faults.bash"

# every STEP: all of them, or one in STEP of a sample that is the same each time
every() { if [ "$extent" = all ]; then echo 1; else echo "$1"; fi; }

# host NAME BEFORE COMMAND...: all kinds of failure of the host
host() {
  local kind
  for kind in memory call short interrupt; do
    FAULT_EVERY=$(every "${step[$kind]}") inject "$kind" "$@"
  done
  [ "$extent" != all ] || for kind in memory call; do
    FAULT_LASTING=1 inject "$kind" "$@"
  done
}
declare -A step=([memory]=97 [call]=11 [short]=13 [interrupt]=17)

mkdir "$work/old" "$work/new"
book=$SOURCE/examples/book venue=$SOURCE/tests/golden/books/drv2-13
"$SHOCKGRID" run "$book" --model occ-cpm --device reference --out "$work/old/out" --quiet || exit 1
"$SHOCKGRID" run "$book" --model spot-vol-grid --device reference --out "$work/new/out" --quiet || exit 1

host run '' run "$book" --model occ-cpm --device reference --scenario-pnl --out @/out
host run-over "$work/old" run "$venue" --model derive-pmrm2 --device reference --out @/out
host price '' price "$book" --model occ-cpm --device reference --pnl @/pnl.csv --out @/prices.csv
host import-deribit '' import deribit "$SOURCE/tests/fuzz/corpus/input_deribit/one_coin" --accounts 3 --out @/book
host import-yahoo '' import yahoo "$SOURCE/tests/fuzz/corpus/input_yahoo/share" --accounts 3 --out @/book
host import-cboe '' import cboe "$SOURCE/tests/fuzz/corpus/input_cboe/index" --accounts 3 --out @/book
host generate '' generate @/book --accounts 4 --positions 3 --instruments 30 --underlyings 2 --seed 1
host report "$work/old" report @/out --device reference
host explain '' explain "$work/old/out" collar --device reference
host diff '' diff "$work/old/out" "$work/new/out" --device reference --json

if "$SHOCKGRID" devices | grep ' cpu ' >/dev/null; then
  FAULT_EVERY=$(every 101) inject opencl run '' run "$book" --model occ-cpm --device cpu --out @/out
  FAULT_EVERY=$(every 113) inject opencl price '' price "$book" --model occ-cpm --device cpu --pnl @/pnl.csv --out @/prices.csv
else
  echo 'SKIPPED: sweep.sh: OpenCL calls, there is no OpenCL CPU device'
fi
finish
