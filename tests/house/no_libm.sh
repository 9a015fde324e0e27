# SPDX-License-Identifier: MIT
#
# Layers whose numbers reach a result call nothing of the C library's mathematics but sqrt and fma, which IEEE 754 defines
# to the last bit; and nothing that reads or writes doubles as the locale likes.
. "$SOURCE/tests/house/check.bash"

libm=$(cc -print-file-name=libm.so.6)
nm -D --defined-only "$libm" | awk '{print $NF}' | sed 's/@.*//' | grep -vxE 'sqrt|fma' | sort -u >"$work/refused"
[ "$(wc -l <"$work/refused")" -gt 300 ] || complain "the list of libm's functions, from $libm, is too short"
printf '%s\n' strtod strtof strtold strtod_l atof >>"$work/refused"

for layer in base data input rules device report engine; do
  objects=("$BUILD/CMakeFiles/$layer.dir/host/$layer"/*.o)
  [ -e "${objects[0]}" ] || complain "layer $layer has no objects in $BUILD"
  for object in "${objects[@]}"; do
    checked
  done
  # base/number.c is the one place that reads doubles, in any locale.
  nm -A --undefined-only "${objects[@]}" | sed -E 's|^.*/([^/]+)\.o: *U ([^@]*).*|\1 \2|' |
    awk -v layer="$layer" 'NR == FNR { refused[$1]; next }
      $2 in refused && !(layer "/" $0 == "base/number.c strtod") { print layer "/" $1 " calls " $2 }' "$work/refused" - \
      >"$work/calls"
  while IFS= read -r call; do
    complain "$call"
  done <"$work/calls"
done

# base/number.c alone may print a double for a result.
grep -nE '"[^"]*%[-+#0]*[0-9*]*(\.[0-9*]+)?l?[aAeEfFgG]' host/{base,data,input,rules,device,report,engine,api}/*.[ch] \
  2>/dev/null | grep -v '^host/base/number' >"$work/prints"
while IFS= read -r line; do
  complain "a double printed by printf: $line"
done <"$work/prints"
finish
