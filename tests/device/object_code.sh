# SPDX-License-Identifier: MIT
#
# The object code that PoCL makes of the pricing and netting kernels computes in packed registers, multiply-adds
# included, and calls no function: neither a math library nor anything else. Looks at what PoCL's own cache keeps
# after a launch.
set -eu
if ! grep -qw fma /proc/cpuinfo; then
  echo "skipped: this CPU has no fma instruction, so fma is a call"
  exit 0
fi
if ! command -v objdump >/dev/null || [ -z "$(ls /etc/OpenCL/vendors/*pocl* 2>/dev/null)" ]; then
  echo "skipped: needs PoCL and objdump"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cache"
"${CC:-cc}" -std=c11 -O1 -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120 \
  "$SOURCE/tests/device/kernel_launch.c" -o "$work/launch" -lOpenCL
failures=0
for lanes in 8 16; do
  for kernel in price.cl:price_black price.cl:price_bachelier net.cl:net_nodes; do
    rm -rf "$work/cache"/*
    POCL_CACHE_DIR=$work/cache "$work/launch" "$SOURCE/kernels" "${kernel%:*}" "${kernel#*:}" "$lanes"
    object=$(find "$work/cache" -name '*.so' | head -n 1)
    if [ -z "$object" ]; then
      echo "${kernel#*:}, $lanes lanes: PoCL left no object"
      exit 1
    fi
    objdump -d --no-show-raw-insn "$object" >"$work/code"
    packed=$(grep -cE 'vfn?m(add|sub)[0-9]+pd.*%[yz]mm' "$work/code" || true)
    # fma of single doubles would be a kernel that was not vectorised
    single=$(grep -cE 'vfn?m(add|sub)[0-9]+sd' "$work/code" || true)
    calls=$(grep -cE '\scallq?\s' "$work/code" || true)
    echo "${kernel#*:}, $lanes lanes: $packed packed and $single single multiply-adds, $calls calls"
    if [ "$packed" -eq 0 ] || [ "$single" -ne 0 ] || [ "$calls" -ne 0 ]; then
      failures=$((failures + 1))
    fi
  done
done
[ "$failures" -eq 0 ]
