# SPDX-License-Identifier: MIT
#
# The reference gives the device's bytes whether its fma is an instruction or a library call: the kernel test, built both ways.
set -eu
if ! grep -qw fma /proc/cpuinfo; then
  echo "skipped: this CPU has no fma instruction"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for flag in -mfma -mno-fma; do
  "${CC:-cc}" -std=c11 -O2 $flag -ffp-contract=off -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120 \
    -I "$BUILD/layers/device" -I "$SOURCE/include" "$SOURCE"/tests/device/device_kernels.c "$SOURCE"/host/base/*.c \
    "$SOURCE"/host/device/*.c "$BUILD/embedded/embedded_kernels.c" -o "$work/kernels" \
    $(pkg-config --cflags --libs cmocka jansson libzstd zlib libxxhash) -lOpenCL -lm
  count=$(objdump -d "$work/kernels" | grep -c 'vfn\?madd' || true)
  case "$flag $count" in
    "-mfma 0" | "-mno-fma "[1-9]*) echo "$flag: $count fma instructions"; exit 1 ;;
  esac
  "$work/kernels"
done
