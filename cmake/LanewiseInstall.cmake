# Linking and installation of the libraries. Components:
#
#   runtime           shared libraries
#   development       headers, links, static libraries, CMake and pkg-config files
#   command           the command
#   cblas             the BLAS interface
#   mpi               the MPI library; separate, so that the others do not depend on MPI
#   mpi_development   its development files
#
# cmake/LanewisePackages.cmake makes a package of each. Other files are added with
# install(... COMPONENT NAME).

# The soname. While the major version is 0, every minor version may be incompatible with the one
# before; from 1.0 on only a major version may.
set(LANEWISE_SOVERSION ${PROJECT_VERSION_MAJOR})
set(LANEWISE_COMPATIBILITY SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(LANEWISE_SOVERSION 0.${PROJECT_VERSION_MINOR})
  set(LANEWISE_COMPATIBILITY SameMinorVersion)
endif()

option(LANEWISE_INSTALL "Install the libraries, and the command if it is built"
  ${PROJECT_IS_TOP_LEVEL})
option(LANEWISE_INSTALL_ARCHIVES "Install static libraries in addition to shared ones" OFF)
option(LANEWISE_PACKAGES "Make Debian packages of the installed files" OFF)
if(LANEWISE_INSTALL)
  include(GNUInstallDirs)
  include(CMakePackageConfigHelpers)
  set(LANEWISE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/lanewise)
endif()

# lanewise_exports(TARGET LIST PRIVATE_LIST): TARGET, if it is a shared library, exports the
# functions in the file LIST, one per line, with the symbol version LANEWISE_<soversion>. Those in
# PRIVATE_LIST, if it exists, are for libraries of the same build only: they have the symbol version
# LANEWISE_PRIVATE_<full version>, so that the dynamic linker rejects libraries of another version.
function(lanewise_exports target list private_list)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "SHARED_LIBRARY")
    return()
  endif()
  lanewise_version_node(public LANEWISE_${LANEWISE_SOVERSION} ${list} "  local:\n    *;\n")
  set(private "")
  if(EXISTS ${private_list})
    lanewise_version_node(private LANEWISE_PRIVATE_${PROJECT_VERSION} ${private_list} "")
  endif()
  set(map ${CMAKE_CURRENT_BINARY_DIR}/${target}.map)
  file(CONFIGURE OUTPUT ${map} CONTENT "${public}${private}" @ONLY)
  target_link_options(${target} PRIVATE LINKER:--version-script=${map})
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${LANEWISE_SOVERSION})
endfunction()

# Sets OUT to a node of a version script with the functions of a file.
function(lanewise_version_node out version list local)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(STRINGS ${list} functions)
  list(JOIN functions ";\n    " functions)
  set(${out} "${version} {\n  global:\n    ${functions};\n${local}};\n" PARENT_SCOPE)
endfunction()

# lanewise_install_library(lanewise_NAME COMPONENT), called in the folder of the library: installs
# the library, the headers in include/ and lanewise-NAME.pc, configured from lanewise-NAME.pc.in.
# find_package(lanewise) and this build define it as lanewise::NAME. The shared library belongs to
# COMPONENT, the rest to development, or for mpi to mpi_development, with a separate targets file.
function(lanewise_install_library target component)
  string(REGEX REPLACE "^lanewise_" "" short ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${short} INSTALL_RPATH "$ORIGIN")
  add_library(lanewise::${short} ALIAS ${target})
  if(NOT LANEWISE_INSTALL)
    return()
  endif()
  set(targets lanewise)
  set(development development)
  if(component STREQUAL "mpi")
    set(targets lanewise-mpi)
    set(development mpi_development)
  endif()
  install(TARGETS ${target} EXPORT ${targets}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
      COMPONENT ${component} NAMELINK_COMPONENT ${development}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${development}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT ${development}
    PATTERN internal EXCLUDE)
  lanewise_install_pkgconfig(lanewise-${short} ${development})
  get_target_property(type ${target} TYPE)
  if(LANEWISE_INSTALL_ARCHIVES AND type STREQUAL "SHARED_LIBRARY")
    # The same objects: of the target itself, and of object libraries.
    add_library(${target}_archive STATIC $<TARGET_OBJECTS:${target}>
      $<FILTER:$<TARGET_PROPERTY:${target},SOURCES>,INCLUDE,[.]o$>)
    set_target_properties(${target}_archive PROPERTIES OUTPUT_NAME ${target} LINKER_LANGUAGE C)
    install(TARGETS ${target}_archive
      ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${development})
  endif()
endfunction()

# lanewise_install_pkgconfig(NAME COMPONENT): installs NAME.pc, configured from NAME.pc.in in the
# current folder. Its prefix is relative to its location, so that an installation can be moved and
# `cmake --install --prefix` may differ from the configured prefix.
function(lanewise_install_pkgconfig name component)
  set(directory ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR} OR IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
    message(FATAL_ERROR
      "Lanewise: CMAKE_INSTALL_LIBDIR and CMAKE_INSTALL_INCLUDEDIR must be relative paths")
  endif()
  string(REGEX REPLACE "[^/]+" ".." to_prefix ${directory})
  # OpenMP as a compiler option: the compiler knows the location of its library.
  set(openmp "")
  if(LANEWISE_HAS_OPENMP)
    set(openmp ${OpenMP_C_FLAGS})
  endif()
  set(private_packages "")
  set(private_libraries "")
  if(LANEWISE_HAS_ZLIB)
    string(APPEND private_packages " zlib")
  endif()
  if(LANEWISE_HAS_JANSSON)
    string(APPEND private_packages " jansson")
  endif()
  if(LANEWISE_HAS_LIBCSV)
    string(APPEND private_libraries " -lcsv")
  endif()
  configure_file(${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
    DESTINATION ${directory} COMPONENT ${component})
endfunction()

# Installs the program TARGET, with a relative path to the libraries of its installation.
function(lanewise_install_command target)
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_FULL_BINDIR}
    OUTPUT_VARIABLE to_libraries)
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
  install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
endfunction()

# Installs the package for find_package(lanewise CONFIG). Must be called after all libraries.
function(lanewise_install_package)
  install(EXPORT lanewise NAMESPACE lanewise:: FILE lanewise-targets.cmake
    DESTINATION ${LANEWISE_CMAKE_DIR} COMPONENT development)
  if(LANEWISE_HAS_MPI)
    install(EXPORT lanewise-mpi NAMESPACE lanewise:: FILE lanewise-mpi-targets.cmake
      DESTINATION ${LANEWISE_CMAKE_DIR} COMPONENT mpi_development)
  endif()
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/lanewise-config.cmake.in
    lanewise-config.cmake INSTALL_DESTINATION ${LANEWISE_CMAKE_DIR}
    NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(lanewise-config-version.cmake
    COMPATIBILITY ${LANEWISE_COMPATIBILITY})
  install(FILES
    ${PROJECT_BINARY_DIR}/lanewise-config.cmake
    ${PROJECT_BINARY_DIR}/lanewise-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FindJansson.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FindLibCSV.cmake
    DESTINATION ${LANEWISE_CMAKE_DIR} COMPONENT development)
endfunction()
