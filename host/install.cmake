# SPDX-License-Identifier: MIT
#
# What is installed: library, header, program, models, man pages, completion, a CMake package and a pkg-config file.
# Included by the top CMakeLists.txt.
include(CMakePackageConfigHelpers)

# ---- man pages and completion, printed by the program from its tables of options --------------------
set(command_list ${CMAKE_SOURCE_DIR}/host/cli/command.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${command_list})
file(READ ${command_list} command_text)
string(REGEX MATCHALL "\n  X\\([a-z]+" command_lines "${command_text}")
set(printed ${CMAKE_BINARY_DIR}/man/shockgrid.1)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/man)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/man/shockgrid.1
  COMMAND shockgrid_cli help --man >${CMAKE_BINARY_DIR}/man/shockgrid.1 DEPENDS shockgrid_cli)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/man/shockgrid.bash
  COMMAND shockgrid_cli help --completion bash >${CMAKE_BINARY_DIR}/man/shockgrid.bash DEPENDS shockgrid_cli)
foreach(line ${command_lines})
  string(REGEX REPLACE "\n  X\\(" "" name "${line}")
  set(page ${CMAKE_BINARY_DIR}/man/shockgrid-${name}.1)
  add_custom_command(OUTPUT ${page} COMMAND shockgrid_cli help --man ${name} >${page} DEPENDS shockgrid_cli)
  list(APPEND printed ${page})
endforeach()
add_custom_target(man_pages ALL DEPENDS ${printed} ${CMAKE_BINARY_DIR}/man/shockgrid.bash)

# ---- files -----------------------------------------------------------------------------------------
install(TARGETS shockgrid shockgrid_cli EXPORT shockgrid)
install(DIRECTORY include/shockgrid DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${model_files} DESTINATION ${CMAKE_INSTALL_DATADIR}/shockgrid/models)
install(FILES ${printed} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/man/shockgrid.bash RENAME shockgrid
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# ---- packages: find_package(shockgrid) gives shockgrid::shockgrid; pkg-config shockgrid ---------------
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/shockgrid)
install(EXPORT shockgrid FILE shockgridConfig.cmake NAMESPACE shockgrid:: DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/shockgridConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/shockgridConfigVersion.cmake DESTINATION ${package_folder})
file(RELATIVE_PATH SHOCKGRID_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(host/shockgrid.pc.in shockgrid.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/shockgrid.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
                  -P ${CMAKE_SOURCE_DIR}/host/uninstall.cmake)
