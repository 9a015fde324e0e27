# SPDX-License-Identifier: MIT
#
# A file of host/LAYER includes only its own layer and lower ones; only host/device sees OpenCL; the program sees only the
# public header.
. "$SOURCE/tests/house/check.bash"

declare -A may_include=(
  [base]='base kernels'
  [data]='base data kernels'
  [input]='base data input kernels'
  [rules]='base data rules kernels'
  [device]='base device kernels'
  [report]='base data report kernels'
  [engine]='base data rules device engine kernels'
  [api]='base data input rules device report engine kernels'
  [cli]='cli'
)

# check_file LAYER FILE
check_file() {
  local layer=$1 file=$2 line name folder
  checked
  grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" >"$work/includes"
  while IFS= read -r line; do
    name=$(sed -E 's/.*include[[:space:]]*["<]([^">]*)[">].*/\1/' <<<"$line")
    case "$line" in
      *'"'*)
        folder=${name%%/*}
        [[ "$name" == */* && " ${may_include[$layer]} " == *" $folder "* ]] ||
          complain "$file:${line%%:*} includes \"$name\"; $layer may include: ${may_include[$layer]}"
        ;;
      *'<CL/'*)
        [ "$layer" = device ] || complain "$file:${line%%:*} includes <$name>; only host/device may"
        ;;
      *'<shockgrid/'*)
        [ "$name" = shockgrid/shockgrid.h ] || complain "$file:${line%%:*} includes <$name>"
        ;;
      *)
        [ ! -e "host/$name" ] && [ ! -e "kernels/$name" ] || [[ "$name" != */* ]] ||
          complain "$file:${line%%:*} includes <$name> with angle brackets"
        ;;
    esac
  done <"$work/includes"
}

for folder in host/*/; do
  layer=$(basename "$folder")
  [ "$layer" != models ] || continue
  [ -n "${may_include[$layer]:-}" ] || { complain "host/$layer is no layer"; continue; }
  for file in "$folder"*.[ch]; do
    [ ! -e "$file" ] || check_file "$layer" "$file"
  done
done
[ ! -e host/api.c ] || check_file api host/api.c

# Kernels stand alone: they include their neighbours by bare name, and the C library only where they are compiled as C.
for file in kernels/*.cl kernels/*.h; do
  checked
  grep -nE '#include "[^"]*/' "$file" && complain "$file includes a file of another folder"
done
finish
