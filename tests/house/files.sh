# SPDX-License-Identifier: MIT
#
# What every file of the project keeps to: a licence line, a length that fits in a head, nothing left for later, no flag
# that breaks the numerical contract.
. "$SOURCE/tests/house/check.bash"

unfinished='TO''DO|FIX''ME|X''XX|HA''CK'
value_changing='-ffast-''math|-O''fast|cl-fast-''relaxed-math|cl-unsafe-''math|-funsafe-''math|cl-mad-''enable'

project_files >"$work/files"
while IFS= read -r file; do
  case "$file" in
    *.c | *.h | *.cl | *.sh | *.bash | *.cmake | *CMakeLists.txt | .ci/run | *.py | *.supp)
      checked
      head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
        complain "$file: no SPDX line among its first three"
      ;;
  esac
  case "$file" in
    *.c | *.h | *.cl | *.sh | *.py | *CMakeLists.txt)
      lines=$(wc -l <"$file")
      [ "$lines" -le 600 ] || complain "$file: $lines lines; two subjects in one?"
      [ "$lines" -le 500 ] || printf 'long: %s, %d lines\n' "$file" "$lines"
      ;;
  esac
  grep -nwE "$unfinished" "$file" && complain "$file: unfinished"
  case "$file" in
    bench/peers/*) ;; # other programs, to compare with
    *) grep -nE -- "$value_changing" "$file" && complain "$file: a flag that changes values" ;;
  esac
done <"$work/files"

grep -q -- '-ffp-contract=off' CMakeLists.txt || complain "CMakeLists.txt: contraction is not switched off"
grep -rLE 'FP_CONTRACT OFF' kernels/lane.h | grep . && complain "kernels/lane.h: contraction is not switched off"
finish
