# SPDX-License-Identifier: MIT
#
# Each header compiles alone, seeing what its layer sees; the public one in C++ too.
. "$SOURCE/tests/house/check.bash"

c_flags=(-std=c11 -ffp-contract=off -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120 -Wall -Wextra -Werror
         -Wno-unused-function -Wno-unused-parameter -fsyntax-only -Iinclude)

# compile HEADER COMMAND...
compile() {
  local header=$1
  shift
  checked
  printf '#include "%s"\nint house_not_empty;\n' "$SOURCE/$header" >"$work/alone.${extension:-c}"
  "$@" "$work/alone.${extension:-c}" 2>"$work/log" || {
    complain "$header does not compile alone: $*"
    cat "$work/log"
  }
}

for header in include/shockgrid/*.h kernels/*.h; do
  compile "$header" cc "${c_flags[@]}"
done
for header in host/*/*.h; do
  layer=$(basename "$(dirname "$header")")
  view=$BUILD/layers/$layer
  [ "$layer" != cli ] || view=host
  compile "$header" cc "${c_flags[@]}" "-I$view"
done

cxx=$(command -v g++ clang++ clang++-15 clang++-14 | head -n 1)
if [ -n "$cxx" ]; then
  extension=cc
  compile include/shockgrid/shockgrid.h "$cxx" -std=c++11 -Wall -Wextra -Werror -fsyntax-only -Iinclude
else
  complain "there is no C++ compiler to try the public header with"
fi
finish
