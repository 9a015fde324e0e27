# SPDX-License-Identifier: MIT
#
# A file of host/LAYER includes only its own layer and lower ones; only host/device sees OpenCL; the program sees only the
# public header and itself; kernels see their neighbours.
. "$SOURCE/tests/house/check.bash"

declare -A may_include=(
  [base]='base kernels'
  [data]='base data kernels'
  [input]='base data input kernels'
  [rules]='base data rules kernels'
  [device]='base device kernels'
  [report]='base data report kernels'
  [quality]='base data quality kernels'
  [engine]='base data rules device quality engine kernels'
  [calibrate]='base data input rules device report engine calibrate kernels'
  [api]='base data input rules device report quality engine calibrate kernels'
  [cli]='cli'
)
include_line='^([^:]+):([0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^">]+)'

# check LAYER FILE LINE BRACKET NAME
check() {
  local allowed=${may_include[$1]:-}
  [ -n "$allowed" ] || { complain "$2: host/$1 is no layer"; return; }
  case "$4$5" in
    '"'*) [[ "$5" == */* && " $allowed " == *" ${5%%/*} "* ]] || complain "$2:$3 includes \"$5\"; $1 may include: $allowed" ;;
    '<CL/'*) [ "$1" = device ] || complain "$2:$3 includes <$5>; only host/device may" ;;
    '<shockgrid/shockgrid.h') ;;
    *) [ ! -e "host/$5" ] && [ ! -e "include/$5" ] || complain "$2:$3 includes <$5> as if it were the system's" ;;
  esac
}

grep -nE '^[[:space:]]*#[[:space:]]*include' host/*/*.[ch] >"$work/includes"
while IFS= read -r line; do
  [[ "$line" =~ $include_line ]] || { complain "cannot read: $line"; continue; }
  file=${BASH_REMATCH[1]}
  layer=${file#host/}
  layer=${layer%%/*}
  checked
  check "$layer" "$file" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[4]}"
done <"$work/includes"

# By bare name; the C library only where a kernel is compiled as C.
checked
grep -nE '#include "[^"]*/' kernels/* && complain "a kernel includes a file of another folder"
finish
