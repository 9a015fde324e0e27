# SPDX-License-Identifier: MIT
#
# What README.md and examples/README.md show is true. A ```console block is a session: each `$ command` runs, in a folder
# that looks like the project's, and its output must be the lines that follow, where a line `...` stands for any lines; what
# differs from machine to machine (times, device, driver) is left out. A ```c block is a program: it compiles and runs.
. "$SOURCE/tests/house/check.bash"

mkdir "$work/project" "$work/project/build"
for name in examples host include tests; do
  ln -s "$SOURCE/$name" "$work/project/$name"
done
ln -s "$SHOCKGRID" "$work/project/build/shockgrid"
cd "$work/project" || exit 1
sanitize=() # a program that links a sanitized library needs its runtime
nm -D "$BUILD/libshockgrid.so" | grep __asan_init >/dev/null && sanitize=(-fsanitize=address,undefined)

# blocks FILE LANGUAGE: each block of the language to its own file, $work/block-1, ...
blocks() {
  rm -f "$work"/block-*
  awk -v language="$2" -v prefix="$work/block-" '
    /^```/ { if (inside) { close(file); inside = 0 } else if ($0 == "```" language) { inside = 1; n++; file = prefix n } next }
    inside { print > file }' "$1"
}

# Times, rates and the device's name: what follows them on their lines, and lines that hold nothing else.
without_machine() {
  sed -E -e '/^ *time +seconds/,/^ *$/d' -e '/^ *(device|driver) /d' -e 's/ +$//'
}

# matches EXPECTED GOT: the same lines; `...` alone on a line stands for any number of them.
matches() {
  awk -v expected_file="$1" '
    BEGIN { while ((getline line < expected_file) > 0) expected[++n] = line }
    { got[NR] = $0 }
    END {
      e = g = 1
      while (e <= n) {
        if (expected[e] ~ /^ *\.\.\.$/) {
          e++
          if (e > n) exit 0
          while (g <= NR && got[g] != expected[e]) g++
        }
        if (g > NR || got[g] != expected[e]) { print "expected: " expected[e]; print "got:      " got[g]; exit 1 }
        e++; g++
      }
      if (g <= NR) { print "not shown: " got[g]; exit 1 }
    }' "$2"
}

# Runs one command of a session and compares.
try() { # COMMAND EXPECTED-FILE WHERE
  checked
  bash -c "$1" >"$work/output" 2>&1 </dev/null
  without_machine <"$work/output" >"$work/got"
  without_machine <"$2" >"$work/expected"
  matches "$work/expected" "$work/got" || complain "$3: the output of: $1"
}

# The commands of a session, each with the lines that follow it.
session() { # FILE WHERE
  local command='' line
  : >"$work/lines"
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ "$line" == '$ '* ]]; then
      [ -z "$command" ] || try "$command" "$work/lines" "$2"
      command=${line#'$ '}
      : >"$work/lines"
    else
      printf '%s\n' "$line" >>"$work/lines"
    fi
  done <"$1"
  [ -z "$command" ] || try "$command" "$work/lines" "$2"
}

for page in README.md examples/README.md; do
  blocks "$SOURCE/$page" console
  for block in "$work"/block-*; do
    [ ! -e "$block" ] || session "$block" "$page"
  done
  blocks "$SOURCE/$page" c
  for block in "$work"/block-*; do
    [ -e "$block" ] || continue
    checked
    cp "$block" "$work/program.c"
    cc -std=c11 -Wall -Wextra -Werror "${sanitize[@]}" -Iinclude "$work/program.c" -o "$work/program" "-L$BUILD" "-Wl,-rpath,$BUILD" -lshockgrid &&
      "$work/program" >"$work/output" 2>&1 || {
      complain "$page: the C program"
      cat "$work/output"
    }
  done
done
finish
