# SPDX-License-Identifier: MIT
#
# Writes OUTPUT, which defines BENCH_COMMIT: the commit of SOURCE, with -dirty when files differ from it, or
# $SHOCKGRID_COMMIT where there is no repository.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit "$ENV{SHOCKGRID_COMMIT}")
endif()
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define BENCH_COMMIT \"${commit}\"\n")
