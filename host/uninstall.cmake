# SPDX-License-Identifier: MIT
#
# Removes the files that the last installation put down, and the folders of its own that are then empty.
#   MANIFEST   the build folder's install_manifest.txt
if(NOT EXISTS ${MANIFEST})
  message(FATAL_ERROR "${MANIFEST}: nothing has been installed from here")
endif()
file(STRINGS ${MANIFEST} files)
set(folders "")
foreach(file ${files})
  file(REMOVE "$ENV{DESTDIR}${file}")
  get_filename_component(folder "${file}" DIRECTORY)
  list(APPEND folders "${folder}")
endforeach()
list(REMOVE_DUPLICATES folders)
list(SORT folders ORDER DESCENDING) # what is inside comes before what holds it
foreach(folder ${folders})
  while("${folder}" MATCHES "/shockgrid")
    file(GLOB left "$ENV{DESTDIR}${folder}/*")
    if(left OR NOT folder MATCHES "/shockgrid(/models)?$")
      break()
    endif()
    file(REMOVE_RECURSE "$ENV{DESTDIR}${folder}")
    get_filename_component(folder "${folder}" DIRECTORY)
  endwhile()
endforeach()
file(REMOVE ${MANIFEST})
