# SPDX-License-Identifier: MIT
#
# A dozen mutants of the kernels, always the same: each is refused. All of them: tests/mutation/README.md.
exec python3 "$SOURCE/tests/mutation/mutate.py" --build "$BUILD" --sample 12 --jobs 1
