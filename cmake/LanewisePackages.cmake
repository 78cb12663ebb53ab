# Debian packages, one for each component of cmake/LanewiseInstall.cmake: `./dev package`, or
# `cpack` in a build with the preset package. Must be included last, after all components.
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
get_cmake_property(CPACK_COMPONENTS_ALL COMPONENTS)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SOURCE lanewise)
set(LANEWISE_MAINTAINER "The Lanewise authors <lanewise@packages.invalid>" CACHE STRING
  "The maintainer that the Debian packages name")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${LANEWISE_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # would precede that of every package

# A library's package is named after its soname, so that two versions can be installed together.
# Programs linked with it depend on this version or a later one, because versions add functions.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(this_version "(= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(runtime_package liblanewise${LANEWISE_SOVERSION})
set(cblas_package liblanewise-cblas${LANEWISE_SOVERSION})

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${runtime_package})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "training of dense neural networks on CPUs - libraries
Lanewise trains dense neural networks as fast as the FMA units of a CPU
allow, with AVX2, AVX-512 or NEON as it finds them at run time. Results do
not depend on the number of threads.

This package contains the shared libraries: the kernels, and networks,
training, data and model files on top of them.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME liblanewise-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# pkg-config needs two of the last three even for shared libraries; static libraries need all.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "${runtime_package} ${this_version}, zlib1g-dev, libjansson-dev, libcsv-dev")
if("cblas" IN_LIST CPACK_COMPONENTS_ALL)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", ${cblas_package} ${this_version}")
endif()
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
  "training of dense neural networks on CPUs - development files
Lanewise trains dense neural networks as fast as the FMA units of a CPU
allow.

This package contains what programs in C and C++ are built with: headers,
links, archives, and files for CMake and pkg-config.")

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME lanewise)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMMAND_PACKAGE_DEPENDS "${runtime_package} ${this_version}")
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "training of dense neural networks on CPUs - command
Lanewise trains dense neural networks as fast as the FMA units of a CPU
allow.

This package contains the command lanewise, which trains, evaluates and
predicts from CSV, NumPy and IDX files.")

set(CPACK_DEBIAN_CBLAS_PACKAGE_NAME ${cblas_package})
set(CPACK_DEBIAN_CBLAS_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_CBLAS_PACKAGE_DEPENDS "${runtime_package} ${this_version}")
set(CPACK_DEBIAN_CBLAS_DESCRIPTION "training of dense neural networks on CPUs - BLAS interface
Lanewise trains dense neural networks as fast as the FMA units of a CPU
allow.

This package contains a library with the names of BLAS for its products
in float32, which existing programs can load in the place of another.")

# No other package depends on these two, because MPI has many dependencies.
set(mpi_package liblanewise-mpi${LANEWISE_SOVERSION})
set(CPACK_DEBIAN_MPI_PACKAGE_NAME ${mpi_package})
set(CPACK_DEBIAN_MPI_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "${runtime_package} ${this_version}")
set(CPACK_DEBIAN_MPI_DESCRIPTION "training of dense neural networks on CPUs - library on MPI
Lanewise trains dense neural networks as fast as the FMA units of a CPU
allow.

This package contains the library with which the processes of an MPI
program train one network.")

set(mpi_headers libopenmpi-dev)
if(MPI_C_LIBRARIES MATCHES "mpich")
  set(mpi_headers libmpich-dev)
endif()
set(CPACK_DEBIAN_MPI_DEVELOPMENT_PACKAGE_NAME liblanewise-mpi-dev)
set(CPACK_DEBIAN_MPI_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_MPI_DEVELOPMENT_PACKAGE_DEPENDS
  "liblanewise-dev ${this_version}, ${mpi_package} ${this_version}, ${mpi_headers}")
set(CPACK_DEBIAN_MPI_DEVELOPMENT_DESCRIPTION
  "training of dense neural networks on CPUs - development files for MPI
Lanewise trains dense neural networks as fast as the FMA units of a CPU
allow.

This package contains what programs in C and C++ are built with that train
a network over the processes of MPI.")

# Files that Debian requires in each package.
set(debian ${PROJECT_BINARY_DIR}/debian)

# The trigger makes dpkg call ldconfig. The two names of missing files keep CPack from generating
# scripts that call it.
file(WRITE ${debian}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
  ${debian}/triggers ${debian}/no/postinst ${debian}/no/postrm)
set(CPACK_DEBIAN_CBLAS_PACKAGE_CONTROL_EXTRA ${CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA})
set(CPACK_DEBIAN_MPI_PACKAGE_CONTROL_EXTRA ${CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA})

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${debian}/changelog.Debian "\
lanewise (${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) \
unstable; urgency=medium\n\n  * Built from the sources; their changes are in changelog.gz.\n\n \
-- ${LANEWISE_MAINTAINER}  ${now}\n")
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${debian}/changelog COPYONLY)
execute_process(COMMAND gzip -9nf changelog.Debian changelog WORKING_DIRECTORY ${debian}
  COMMAND_ERROR_IS_FATAL ANY)
foreach(component ${CPACK_COMPONENTS_ALL})
  string(TOUPPER ${component} name)
  set(package ${CPACK_DEBIAN_${name}_PACKAGE_NAME})
  if(NOT package)
    message(FATAL_ERROR "The component ${component} has no package in ${CMAKE_CURRENT_LIST_FILE}")
  endif()
  set(documents ${CMAKE_INSTALL_DATADIR}/doc/${package})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${documents} RENAME copyright
    COMPONENT ${component})
  install(FILES ${debian}/changelog.gz ${debian}/changelog.Debian.gz DESTINATION ${documents}
    COMPONENT ${component})
  # No Debian bug requests the packages. The two libraries in runtime share a package because they
  # are always installed together.
  file(WRITE ${debian}/overrides/${package} "${package}: initial-upload-closes-no-bugs *\n")
  if(component STREQUAL "runtime")
    file(APPEND ${debian}/overrides/${package} "${package}: package-name-doesnt-match-sonames *\n")
  endif()
  install(FILES ${debian}/overrides/${package}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${component})
endforeach()
include(CPack)
