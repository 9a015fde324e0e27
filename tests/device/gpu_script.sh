# SPDX-License-Identifier: MIT
#
# The script for machines with a GPU, on the CPU device: digests are compared, rows are written, and a device that is not there or
# an unknown option ends it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gpu=("$SOURCE/bench/gpu.sh" --build "$BUILD" --results "$work/results" --quick)

bash "${gpu[@]}" --device cpu >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
[ "$(grep -c 'reference equal, CPU device equal' "$work/said")" -eq 7 ] || { cat "$work/said"; exit 1; }
rows=("$work"/results/*.csv)
[ "${#rows[@]}" -eq 1 ]
for what in peaks,launch kernels,price_black run,all scaling,all; do
  grep -q ",$what," "${rows[0]}" || { echo "no row $what"; exit 1; }
done
if bash "${gpu[@]}" --device 'no such device' >"$work/said" 2>&1; then exit 1; fi
if bash "${gpu[@]}" --nonsense >"$work/said" 2>&1; then exit 1; fi
grep -q 'the self-test of the device' "$work/said"
