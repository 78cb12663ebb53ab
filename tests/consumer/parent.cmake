# Checks that adding Lanewise leaves the variables, tests, targets and install rules of the parent
# project unchanged. Macros, because functions have their own variable scope.

macro(parent_remember)
  get_cmake_property(parent_cache CACHE_VARIABLES)
  get_cmake_property(parent_variables VARIABLES)
  foreach(parent_name ${parent_variables})
    set(parent_value_${parent_name} "${${parent_name}}")
  endforeach()
endmacro()

macro(parent_check_unchanged)
  foreach(parent_name ${parent_variables})
    if(NOT parent_name MATCHES "^(parent_|ARG|CMAKE_CURRENT_|CMAKE_MATCH_|CMAKE_PARENT_LIST)"
        AND NOT "${${parent_name}}" STREQUAL "${parent_value_${parent_name}}")
      message(SEND_ERROR
        "${parent_name} was \"${parent_value_${parent_name}}\", is \"${${parent_name}}\"")
    endif()
  endforeach()

  get_cmake_property(parent_variables_now VARIABLES)
  list(REMOVE_ITEM parent_variables_now ${parent_variables})
  get_cmake_property(parent_cache_now CACHE_VARIABLES)
  list(REMOVE_ITEM parent_variables_now ${parent_cache_now})
  foreach(parent_name ${parent_variables_now})
    if(NOT parent_name MATCHES "^(parent_|lanewise_|FETCHCONTENT_|CMAKE_MATCH_|__)")
      message(SEND_ERROR "new variable: ${parent_name}=${${parent_name}}")
    endif()
  endforeach()

  # Except options of Lanewise, cache entries of find modules, and FetchContent's, which belong to
  # the parent.
  list(REMOVE_ITEM parent_cache_now ${parent_cache})
  foreach(parent_name ${parent_cache_now})
    if(NOT parent_name MATCHES "^(LANEWISE_|lanewise_|FETCHCONTENT_|_)"
        AND NOT parent_name MATCHES "^(ZLIB_|LibCSV_|OpenMP_|Jansson_)"
        AND NOT parent_name MATCHES "^(FIND_PACKAGE_MESSAGE_DETAILS_)")
      message(SEND_ERROR "new cache entry: ${parent_name}=${${parent_name}}")
    endif()
  endforeach()

  if(CMAKE_TESTING_ENABLED)
    message(SEND_ERROR "testing was enabled")
  endif()

  file(WRITE ${CMAKE_BINARY_DIR}/empty.c "int empty(void) { return 0; }\n")
  add_library(parent_library ${CMAKE_BINARY_DIR}/empty.c)
  get_target_property(parent_type parent_library TYPE)
  if(NOT BUILD_SHARED_LIBS AND NOT parent_type STREQUAL "STATIC_LIBRARY")
    message(SEND_ERROR "the parent's libraries are now of type ${parent_type}")
  endif()
  get_target_property(parent_type lanewise_nn TYPE)
  if(BUILD_SHARED_LIBS AND NOT parent_type STREQUAL "SHARED_LIBRARY"
      OR NOT BUILD_SHARED_LIBS AND NOT parent_type STREQUAL "STATIC_LIBRARY")
    message(SEND_ERROR
      "BUILD_SHARED_LIBS is \"${BUILD_SHARED_LIBS}\", lanewise::nn is ${parent_type}")
  endif()

  parent_check_targets(${lanewise_SOURCE_DIR})
endmacro()

function(parent_check_targets directory)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    if(NOT target MATCHES "^lanewise_")
      message(SEND_ERROR "target ${target}")
    endif()
  endforeach()
  get_property(folders DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(folder ${folders})
    parent_check_targets(${folder})
  endforeach()
endfunction()
