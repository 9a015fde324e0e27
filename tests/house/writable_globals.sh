# SPDX-License-Identifier: MIT
#
# What threads share without being told: the library has no variable that outlives a call, but those listed here.
. "$SOURCE/tests/house/check.bash"

declare -A allowed=(
  [once]='pthread_once_t' [lock]='a mutex' [drivers]='a mutex: one thread at a time looks for devices'
  [count]='atomic: names of temporary files'
  [kernel_item]='of each thread: what get_global_id gives a kernel compiled as C'
  [ran_out]='of each thread: whether jansson got no memory'
  [help]='text made once' [help_length]='of that' [formats_text]='text made once' [formats_memory]='of that'
)
objdump -t "$BUILD/libshockgrid.so" | grep -E '[[:space:]]O?[[:space:]]*\.(data|bss|tdata|tbss)[[:space:]]' | awk '$NF !~ /^\./ {print $NF}' >"$work/variables"
while IFS= read -r name; do
  case $name in
    completed.* | __*) continue ;; # the compiler's own
  esac
  checked
  [ -n "${allowed[${name%%.*}]:-}" ] || complain "$name can be written, and is no variable of one call"
done <"$work/variables"
for name in "${!allowed[@]}"; do
  grep -E "^$name(\.[0-9]+)?\$" "$work/variables" >/dev/null || complain "there is no $name any more"
done
finish
