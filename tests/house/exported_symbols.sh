# SPDX-License-Identifier: MIT
#
# libshockgrid.so exports exactly the functions that the public header declares, and all of them begin with sg_.
. "$SOURCE/tests/house/check.bash"

library=$BUILD/libshockgrid.so
[ -e "$library" ] || { complain "there is no $library"; finish; }
nm -D --defined-only "$library" | awk '{print $NF}' | sed 's/@.*//' | sort >"$work/exported"
grep -v '^#' include/shockgrid/shockgrid.h | tr '\n' ' ' | grep -oE 'SG_API [^;(]*\(' | sed -E 's/.*[ *]([a-z_0-9]+)\($/\1/' |
  sort >"$work/declared"

while IFS= read -r name; do
  checked
  [[ "$name" == sg_* ]] || complain "$name is exported without the prefix sg_"
done <"$work/exported"
for name in $(comm -23 "$work/exported" "$work/declared"); do
  complain "$name is exported but not in the public header"
done
for name in $(comm -13 "$work/exported" "$work/declared"); do
  complain "$name is declared in the public header but not exported"
done
finish
