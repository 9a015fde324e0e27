# SPDX-License-Identifier: MIT
#
# Transcripts of command lines. In tests/golden/cli/*.t a line "$ COMMAND" is run in an empty folder; below it stand the
# lines of standard output as they are, of standard error after "! ", and the exit status in brackets unless it is 0.
# Comments begin with "#".
set -uo pipefail
export LC_ALL=C SHOCKGRID SOURCE SHOCKGRID_DEVICE=reference
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
shockgrid() { "$SHOCKGRID" "$@"; }
export -f shockgrid
n_commands=0
n_wrong=0

# run_case FILE: the transcript again, with what really comes out.
run_case() {
  local folder=$work/folder line status
  rm -rf "$folder"
  mkdir "$folder"
  while IFS= read -r line; do
    case $line in
      '#'*) printf '%s\n' "$line" ;;
      '$ '*)
        printf '%s\n' "$line"
        (cd "$folder" && bash -c "${line#\$ }") >"$work/out" 2>"$work/err" </dev/null
        status=$?
        cat "$work/out"
        sed 's/^/! /' "$work/err"
        [ "$status" = 0 ] || printf '[%d]\n' "$status"
        ;;
    esac
  done <"$1"
}

for case in "$SOURCE"/tests/golden/cli/*.t; do
  n_commands=$((n_commands + $(grep -c '^\$ ' "$case")))
  run_case "$case" >"$work/got"
  if ! diff -u --label expected --label got "$case" "$work/got"; then
    printf 'FAULT: %s\n' "$(basename "$case")"
    n_wrong=$((n_wrong + 1))
  fi
done
printf '%d commands, %d wrong transcripts\n' "$n_commands" "$n_wrong"
[ "$n_commands" -gt 0 ] && [ "$n_wrong" = 0 ]
