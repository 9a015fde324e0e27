# SPDX-License-Identifier: MIT
#
# Every kernel program compiles without a device, without a warning: to SPIR (any device) for each number of lanes, and, with
# the one lane of a GPU, to NVIDIA's assembly, which also needs code to be generated.
. "$SOURCE/tests/house/check.bash"

clang=$(command -v clang-15 clang clang-14 | head -n 1)
[ -n "$clang" ] || { complain "there is no clang"; finish; }
for program in kernels/*.cl; do
  for lanes in 1 2 4 8 16; do
    for target in spir64 nvptx64-nvidia-nvcl; do
      [ "$target" = spir64 ] || [ "$lanes" = 1 ] || continue
      checked
      produce=(-emit-llvm -c)
      [ "$target" = spir64 ] || produce=(-S)
      "$clang" -x cl -cl-std=CL1.2 -target "$target" -Xclang -fdeclare-opencl-builtins -Xclang -finclude-default-header \
        -Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter -O1 "-DLANES=$lanes" \
        "${produce[@]}" -o "$work/object" "$program" 2>"$work/log" || {
        complain "$program with $lanes lanes for $target"
        head -n 20 "$work/log"
      }
    done
  done
done
finish
