# SPDX-License-Identifier: MIT
#
# Layers whose numbers reach a result call nothing of the C library's mathematics but sqrt and fma, which IEEE 754 defines
# to the last bit; and nothing that reads or writes doubles as the locale likes.
. "$SOURCE/tests/house/check.bash"

libm=$(cc -print-file-name=libm.so.6)
nm -D --defined-only "$libm" | awk '{print $NF}' | sed 's/@.*//' | grep -vxE 'sqrt|fma' | sort -u >"$work/refused"
[ "$(wc -l <"$work/refused")" -gt 300 ] || complain "the list of libm's functions, from $libm, is too short"
printf '%s\n' strtod strtof strtold atof __isoc99_sscanf sscanf strtod_l >>"$work/refused"
sort -u -o "$work/refused" "$work/refused"

for layer in base data input rules device report engine; do
  find "$BUILD/CMakeFiles/$layer.dir" -name '*.o' >"$work/objects"
  while IFS= read -r object; do
    checked
    for name in $(nm --undefined-only "$object" | awk '{print $NF}' | sort -u | comm -12 - "$work/refused"); do
      [[ "$object $name" != */base/number.c.o\ strtod ]] || continue # the one place that reads doubles, in any locale
      complain "${object#"$BUILD/CMakeFiles/"} calls $name"
    done
  done <"$work/objects"
done

# base/number.c alone may print a double for a result.
grep -nE '"[^"]*%[-+#0]*[0-9*]*(\.[0-9*]+)?l?[aAeEfFgG]' host/{base,data,input,rules,device,report,engine}/*.[ch] host/api.c \
  2>/dev/null | grep -v '^host/base/number' >"$work/prints"
while IFS= read -r line; do
  complain "a double printed by printf: $line"
done <"$work/prints"
finish
