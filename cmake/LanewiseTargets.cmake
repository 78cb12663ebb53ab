# Properties of all targets of the project.

option(LANEWISE_WERROR "Turn warnings into errors" OFF)
option(LANEWISE_HARDENING "Build with protections against the exploitation of memory errors" ON)

# The protections that the compiler has. Not with sanitizers, which detect more and conflict with
# some of them.
set(LANEWISE_HARDENING_COMPILE "")
set(LANEWISE_HARDENING_LINK "")
# Removes the stack protector, for code whose calls take nanoseconds and that parses no files.
# Instructions with all protections, without the stack protector, and without any (AVX2, gcc 12): a
# 2x2x2 product 696, 647 and 640; a step of 2-1 at batch 4 1165, 1133 and 1116.
set(LANEWISE_UNGUARDED "")
if(LANEWISE_HARDENING AND NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
  include(CheckCCompilerFlag)
  set(CMAKE_REQUIRED_FLAGS -Werror) # clang only warns about flags of other processors
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
  # glibc warns about the macro without optimisation. Undefined first, because some compilers
  # predefine it.
  list(APPEND LANEWISE_HARDENING_COMPILE -Wformat=2
    "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
  list(APPEND LANEWISE_HARDENING_LINK LINKER:-z,relro,-z,now,-z,noexecstack)
endif()

# Programs are position independent if the linker supports it. Not in a subproject: the check would
# add cache variables to the parent project.
if(PROJECT_IS_TOP_LEVEL)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES C)
endif()

function(lanewise_target target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden
    POSITION_INDEPENDENT_CODE ON)
  # FMA only where a kernel uses it explicitly: with contraction, bits depend on the compiler.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -ffp-contract=off
    $<$<COMPILE_LANGUAGE:C>:-Wconversion -Wstrict-prototypes>
    $<$<BOOL:${LANEWISE_WERROR}>:-Werror> ${LANEWISE_HARDENING_COMPILE})
  target_link_options(${target} PRIVATE ${LANEWISE_HARDENING_LINK})
endfunction()

# lanewise_openmp(TARGET SCOPE): for targets with parallel regions or calls of OpenMP.
function(lanewise_openmp target scope)
  if(NOT LANEWISE_HAS_OPENMP)
    target_compile_options(${target} ${scope} -Wno-unknown-pragmas)
    # For clock_gettime in lanewise/internal/openmp.h.
    target_compile_definitions(${target} ${scope} _POSIX_C_SOURCE=200809L)
    return()
  endif()
  target_link_libraries(${target} ${scope} OpenMP::OpenMP_C)
endfunction()

# lanewise_library(NAME [COMPONENT COMPONENT] SOURCES ... [PRIVATE ...]): defines two libraries with
# the same objects: NAME for users, and NAME_testing, static, whose internal functions the tests can
# call. exports.txt in the library's folder lists the exported functions, exports_private.txt those
# for other libraries of the build. include/ contains the public headers, include/lanewise/internal
# private ones, which are not installed. COMPONENT: see LanewiseInstall.cmake; default runtime.
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
