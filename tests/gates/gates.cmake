# SPDX-License-Identifier: MIT
#
# Gates: presets of the same name that run the suite under a tool. A test has the label of each gate that runs it, which is
# every gate that does not leave it out here. tests/gates/*.supp says what is not ours in their findings.
set(gates asan tsan valgrind)

set(left_out_asan
  "^faults\\."  # preloads its own allocator: the sanitizer's runtime must be first
  "^device\\.(oclgrind|object_code|device_reference_fma|bench.*|gpu_script)$|^house\\.|^property\\.one_answer$" # look at
  # object code, or build and time programs of their own: without the sanitizer
)

# On the reference: PoCL's threads are not instrumented, so each hand-over between them and ours would look like a race.
set(left_out_tsan ${left_out_asan}
  "^device\\.|^golden\\.(american|american_chains|dividends|shapes)$" # of OpenCL devices
  "^formula\\.|^fuzz\\.|^unit\\.(base|rules|engine|report|input)_" # one thread
)
set(kept_tsan "^unit\\.(base_parallel|base_file_folder|input_threads|input_book|report_large|report_ahead)$")

# On the reference: PoCL compiles for the processor's widest registers, which valgrind does not know.
set(left_out_valgrind ${left_out_asan}
  "^device\\.|^golden\\.(american|american_chains|dividends|shapes)$"
  "^formula\\."  # minutes of MPFR and of kernels, no memory of ours
  "^unit\\.(all_bounds|report_large)$" # measure how much memory, and how long, large inputs take
  "^property\\.all_laws_of_lines$" # judges in long double, which valgrind computes as double
  "^mutation\\." # runs a program of its own
)
set(kept_valgrind "")

# gates_label(TEST): the gates that run it.
function(gates_label test)
  set(labels "")
  foreach(gate ${gates})
    set(runs TRUE)
    foreach(pattern ${left_out_${gate}})
      if(test MATCHES "${pattern}")
        set(runs FALSE)
      endif()
    endforeach()
    if(kept_${gate} AND test MATCHES "${kept_${gate}}")
      set(runs TRUE)
    endif()
    if(runs)
      list(APPEND labels ${gate})
    endif()
  endforeach()
  set_tests_properties(${test} PROPERTIES LABELS "${labels}")
endfunction()

# Clang's static analyzer over a build of its own, without a cache that would skip it; reports of what it finds as pages. Not
# over the tests: it does not know that an assertion of cmocka ends one, and reads on with what was refused.
add_custom_target(scan_build USES_TERMINAL VERBATIM
  COMMAND scan-build ${CMAKE_COMMAND} -G Ninja -S ${CMAKE_SOURCE_DIR} -B ${CMAKE_BINARY_DIR}/analysed -DCMAKE_BUILD_TYPE=Debug
          -DBUILD_TESTING=OFF -DCMAKE_C_COMPILER_LAUNCHER=
  COMMAND scan-build --status-bugs -o ${CMAKE_BINARY_DIR}/reports ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR}/analysed)
