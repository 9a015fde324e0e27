# SPDX-License-Identifier: MIT
#
# Installed into a prefix and used from elsewhere: the program, its man pages and completion, and the example through
# find_package and through pkg-config; then uninstalled, which leaves no file.
. "$SOURCE/tests/house/check.bash"
export SHOCKGRID_DEVICE=reference
prefix=$work/prefix
sanitize= # a program that links a sanitized library needs its runtime
nm -D "$BUILD/libshockgrid.so" | grep __asan_init >/dev/null && sanitize=-fsanitize=address,undefined

cmake --install "$BUILD" --prefix "$prefix" >"$work/log" 2>&1 || {
  cat "$work/log"
  complain "cmake --install fails"
}
cp "$BUILD/install_manifest.txt" "$work/manifest.txt"
cd "$work" || exit 1
if [ ! -e /proc/self/exe ]; then # the loader finds $ORIGIN of the installed program through /proc
  LD_LIBRARY_PATH=$(dirname "$(find "$prefix" -name libshockgrid.so.0)")
  export LD_LIBRARY_PATH
fi
"$prefix/bin/shockgrid" run "$SOURCE/examples/book" --model "$prefix/share/shockgrid/models/occ-cpm.yaml" --quiet --out out ||
  complain "the installed program fails"
"$SHOCKGRID" run "$SOURCE/examples/book" --model occ-cpm --quiet --out built
cmp out/margins.csv built/margins.csv || complain "the installed program gives other margins"
checked

# Every command has its page, every option its line there and its word in the completion.
completion=$prefix/share/bash-completion/completions/shockgrid
bash -n "$completion" || complain "the completion is no bash script"
. "$completion"
for command in $("$SHOCKGRID" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  page=$prefix/share/man/man1/shockgrid-$command.1
  [ -s "$page" ] || complain "$command has no man page"
  COMP_WORDS=(shockgrid "$command" --)
  COMP_CWORD=2
  _shockgrid
  for option in $("$SHOCKGRID" "$command" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p'); do
    grep -qF -- "\\-\\-${option//-/\\-}" "$page" || complain "the page of $command lacks --$option"
    [[ " ${COMPREPLY[*]} " == *" --$option "* ]] || complain "the completion of $command lacks --$option"
    checked
  done
  grep -qF "shockgrid\\-$command (1)" "$prefix/share/man/man1/shockgrid.1" || complain "shockgrid(1) lacks $command"
done
COMP_WORDS=(shockgrid exp)
COMP_CWORD=1
_shockgrid
[ "${COMPREPLY[*]}" = explain ] || complain "exp is completed to \"${COMPREPLY[*]}\""
if command -v groff >/dev/null; then
  groff -man -Tascii -ww "$prefix"/share/man/man1/*.1 >"$work/pages" 2>"$work/roff" || complain "groff refuses a page"
  grep . "$work/roff" && complain "groff warns"
  grep -q 'explain' "$work/pages" || complain "the pages are empty"
fi

# The example, as somebody else's project.
margins=$(printf '%s\n' 'covered  USD 15325.210131102487, sum of its parts 27035.908127748251' \
  'naked    USD 9035.908127748251, sum of its parts 9035.908127748251')
mkdir project && cp "$SOURCE/examples/margin_in_memory.c" project
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(example C)
find_package(shockgrid 0.1 REQUIRED)
add_executable(example margin_in_memory.c)
target_link_libraries(example shockgrid::shockgrid)
END
{ cmake -G Ninja -S project -B cmake-build "-DCMAKE_PREFIX_PATH=$prefix" "-DCMAKE_C_FLAGS=$sanitize" && cmake --build cmake-build; } >log 2>&1 ||
  { cat log; complain "find_package does not serve"; }
[ "$(cmake-build/example)" = "$margins" ] || complain "the example through find_package: $(cmake-build/example 2>&1)"
checked
export PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name shockgrid.pc)")
# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Werror $sanitize project/margin_in_memory.c $(pkg-config --cflags --libs shockgrid) -o example ||
  complain "pkg-config does not serve"
[ "$(LD_LIBRARY_PATH=$(pkg-config --variable=libdir shockgrid) ./example)" = "$margins" ] || complain "the example through pkg-config"
checked

mkdir -p "$prefix/share/man/man1" && echo ours >"$prefix/share/man/man1/other.1"
cmake -DMANIFEST="$work/manifest.txt" -P "$SOURCE/host/uninstall.cmake" || complain "uninstalling fails"
left=$(cd "$prefix" && find . -type f -o -type l)
[ "$left" = ./share/man/man1/other.1 ] || complain "left behind or taken along: $left"
find "$prefix" -name '*shockgrid*' | grep . && complain "a folder is left behind"
finish
