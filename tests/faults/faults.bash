# SPDX-License-Identifier: MIT
#
# What the sweeps share: the library that injects failures, and one sweep of one command.
set -uo pipefail
export LC_ALL=C
unset SHOCKGRID_DEVICE
extent=${1:-sample}
if [ "$(uname -sm)" != 'Linux x86_64' ] || [ ! -e /proc/self/fd ]; then
  echo "SKIPPED: $(basename "$0"): injects system calls on x86-64 Linux with /proc"
  exit 77
fi
# Memory, where there is some: the runs sync every file.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O1 -g -Wall -fno-builtin -fPIC -shared -fvisibility=hidden \
  "$SOURCE"/tests/faults/inject_*.c -o "$work/inject.so" || exit 1
n_wrong=0

# inject KIND NAME BEFORE ARGUMENT...: `@` in an argument is the sandbox, which begins as a copy of the folder BEFORE.
inject() {
  local kind=$1 name=$2 before=$3
  shift 3
  local place="$work/$kind-$name"
  mkdir -p "$place"
  FAULT_KIND=$kind FAULT_NAME=$name FAULT_BEFORE=$before FAULT_WORK=$place LD_PRELOAD=$work/inject.so \
    "$SHOCKGRID" "${@//@/$place/sandbox}"
  local code=$?
  [ "$code" != 77 ] || { echo "SKIPPED: $(basename "$0"): this machine allows no seccomp filter"; exit 77; }
  [ "$code" = 0 ] || n_wrong=$((n_wrong + 1))
  rm -rf "$place"
}

finish() {
  printf '%d sweeps with faults\n' "$n_wrong"
  [ "$n_wrong" -eq 0 ]
  exit
}
