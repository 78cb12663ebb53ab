# What every target of the project has in common.

option(LANEWISE_WERROR "Turn warnings into errors" OFF)
option(LANEWISE_HARDENING "Build with what makes errors of memory hard to exploit" ON)

# What the compiler has of it; a sanitizer finds more than these do, and some get in its way.
set(LANEWISE_HARDENING_COMPILE "")
set(LANEWISE_HARDENING_LINK "")
# For code whose calls take nanoseconds and that reads no bytes of files: a product of 2x2x2 takes
# 696 instructions with guards of the stack, 647 without and 640 with no hardening at all (AVX2, gcc
# 12), a step of 2-1 at batch 4 1165, 1133 and 1116.
set(LANEWISE_UNGUARDED "")
if(LANEWISE_HARDENING AND NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
  include(CheckCCompilerFlag)
  set(CMAKE_REQUIRED_FLAGS -Werror) # clang only warns of what a processor does not have
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection
      -mbranch-protection=standard)
    string(MAKE_C_IDENTIFIER "LANEWISE_HAS${flag}" has)
    check_c_compiler_flag(${flag} ${has})
    if(${has})
      list(APPEND LANEWISE_HARDENING_COMPILE ${flag})
      if(flag MATCHES "^-fstack-")
        string(REGEX REPLACE "^-fstack-([a-z]+)(-strong)?" "-fno-stack-\\1" without ${flag})
        list(APPEND LANEWISE_UNGUARDED ${without})
      endif()
    endif()
  endforeach()
  unset(CMAKE_REQUIRED_FLAGS)
  # glibc warns of the macro where nothing is optimised. Undefined first, as some compilers bring
  # their own.
  list(APPEND LANEWISE_HARDENING_COMPILE -Wformat=2
    "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
  list(APPEND LANEWISE_HARDENING_LINK LINKER:-z,relro,-z,now,-z,noexecstack)
endif()

# Programs are position independent where they can be linked so. Of a project that includes this one
# that is not our business: the check leaves its answers in the cache.
if(PROJECT_IS_TOP_LEVEL)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES C)
endif()

function(lanewise_target target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden
    POSITION_INDEPENDENT_CODE ON)
  # FMA only where a kernel asks for it: contraction would change bits from compiler to compiler.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -ffp-contract=off
    $<$<COMPILE_LANGUAGE:C>:-Wconversion -Wstrict-prototypes>
    $<$<BOOL:${LANEWISE_WERROR}>:-Werror> ${LANEWISE_HARDENING_COMPILE})
  target_link_options(${target} PRIVATE ${LANEWISE_HARDENING_LINK})
endfunction()

# lanewise_openmp(TARGET SCOPE): for targets with parallel regions, or that call OpenMP.
function(lanewise_openmp target scope)
  if(NOT LANEWISE_HAS_OPENMP)
    target_compile_options(${target} ${scope} -Wno-unknown-pragmas)
    # For clock_gettime in lanewise/internal/openmp.h.
    target_compile_definitions(${target} ${scope} _POSIX_C_SOURCE=200809L)
    return()
  endif()
  target_link_libraries(${target} ${scope} OpenMP::OpenMP_C)
endfunction()

# Defines the library NAME from an object library, so that it exists in two forms of the same
# objects: NAME as users link it, and NAME_testing, static, in which the tests see internals.
# exports.txt next to its CMakeLists.txt lists what it exports, exports_private.txt what it exports
# to the other libraries of the build. include/ holds the public headers, include/lanewise/internal
# those of private functions, which are not installed. The rest is installed with COMPONENT; runtime
# if none is named.
function(lanewise_library name)
  cmake_parse_arguments(arg "" "COMPONENT" "SOURCES;PRIVATE" ${ARGN})
  if(NOT arg_COMPONENT)
    set(arg_COMPONENT runtime)
  endif()
  add_library(${name}_objects OBJECT ${arg_SOURCES})
  lanewise_target(${name}_objects)
  target_include_directories(${name}_objects
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_link_libraries(${name}_objects PRIVATE ${arg_PRIVATE})
  lanewise_openmp(${name}_objects PRIVATE)

  add_library(${name})
  add_library(${name}_testing STATIC EXCLUDE_FROM_ALL)
  foreach(form ${name} ${name}_testing)
    set_target_properties(${form} PROPERTIES LINKER_LANGUAGE C)
    target_sources(${form} PRIVATE $<TARGET_OBJECTS:${name}_objects>)
    target_include_directories(${form} PUBLIC
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
    target_link_libraries(${form} PRIVATE ${arg_PRIVATE})
    lanewise_openmp(${form} PRIVATE)
  endforeach()
  get_target_property(type ${name} TYPE)
  if(type STREQUAL "SHARED_LIBRARY") # the link of an archive's program is its builder's matter
    target_link_options(${name} PRIVATE ${LANEWISE_HARDENING_LINK})
  endif()
  target_include_directories(${name}_testing PUBLIC src)
  lanewise_exports(${name} ${CMAKE_CURRENT_SOURCE_DIR}/exports.txt
    ${CMAKE_CURRENT_SOURCE_DIR}/exports_private.txt)
  lanewise_install_library(${name} ${arg_COMPONENT})
endfunction()
