# Optional libraries and what each of them adds. Option LANEWISE_WITH_NAME or LANEWISE_BUILD_NAME:
# AUTO builds the feature if its library is found, ON fails without it, OFF leaves it out. Result:
# LANEWISE_HAS_NAME, ON or OFF. All symbols of the libraries exist in every build; functions of a
# feature that is off return LW_EUNSUPPORTED.

set(LANEWISE_FEATURES_OFF "") # lines of the summary

# lanewise_feature(NAME OPTION DEFAULT ADDS): declares the option.
macro(lanewise_feature name option default adds)
  set(${option} ${default} CACHE STRING "${adds}: ON, OFF, or AUTO (if found)")
  set_property(CACHE ${option} PROPERTY STRINGS AUTO ON OFF)
  set(LANEWISE_HAS_${name} OFF)
endmacro()

# lanewise_feature_needs(NAME OPTION ADDS FOUND LIBRARY DEBIAN ...): decides whether feature NAME is
# on, which needs all of the libraries: whether each is found, its name and its Debian packages.
function(lanewise_feature_needs name option adds)
  set(needs "")
  set(needed_packages "")
  set(missing "")
  set(packages "")
  while(ARGN)
    list(POP_FRONT ARGN found library debian)
    list(APPEND needs ${library})
    list(APPEND needed_packages ${debian})
    if(NOT found)
      list(APPEND missing ${library})
      list(APPEND packages ${debian})
    endif()
  endwhile()
  list(JOIN needs ", " needs)
  list(JOIN needed_packages " " needed_packages)
  list(JOIN missing ", " not_found)
  list(JOIN packages " " packages)
  if(NOT ${option})
    set(line "${adds}: ${option}=${${option}}. Needs ${needs}. Debian: ${needed_packages}")
  elseif(NOT missing)
    set(LANEWISE_HAS_${name} ON PARENT_SCOPE)
    return()
  elseif(${option} STREQUAL "AUTO")
    set(line "${adds}: ${not_found} not found (${option}). Debian: ${packages}")
  else()
    message(FATAL_ERROR "Lanewise: ${option}=${${option}}, but ${not_found} is not found. "
      "Debian: apt-get install ${packages}")
  endif()
  set(LANEWISE_FEATURES_OFF ${LANEWISE_FEATURES_OFF} "${line}" PARENT_SCOPE)
endfunction()

# Prints the features that are off. Must be called at the end of the configuration.
function(lanewise_print_features)
  if(NOT LANEWISE_FEATURES_OFF)
    message(STATUS "Lanewise: all features are on")
    return()
  endif()
  message(STATUS "Lanewise: features that are off, and what turns them on:")
  foreach(line IN LISTS LANEWISE_FEATURES_OFF)
    message(STATUS "  ${line}")
  endforeach()
endfunction()

# A subproject builds tests, benchmarks and MPI only if the parent enables them.
set(development AUTO)
if(NOT PROJECT_IS_TOP_LEVEL)
  set(development OFF)
endif()

set(adds "Several threads")
lanewise_feature(OPENMP LANEWISE_WITH_OPENMP AUTO "${adds}")
if(LANEWISE_WITH_OPENMP)
  find_package(OpenMP QUIET COMPONENTS C)
endif()
lanewise_feature_needs(OPENMP LANEWISE_WITH_OPENMP "${adds}"
  "${OpenMP_C_FOUND}" "OpenMP" "libomp-dev (for clang)")

set(adds "Compressed IDX files (.gz)")
lanewise_feature(ZLIB LANEWISE_WITH_ZLIB AUTO "${adds}")
if(LANEWISE_WITH_ZLIB)
  find_package(ZLIB QUIET)
endif()
lanewise_feature_needs(ZLIB LANEWISE_WITH_ZLIB "${adds}" "${ZLIB_FOUND}" "zlib" zlib1g-dev)

set(adds "Model files and checkpoints")
lanewise_feature(JANSSON LANEWISE_WITH_JANSSON AUTO "${adds}")
if(LANEWISE_WITH_JANSSON)
  find_package(Jansson QUIET)
endif()
lanewise_feature_needs(JANSSON LANEWISE_WITH_JANSSON "${adds}"
  "${Jansson_FOUND}" "Jansson" libjansson-dev)

set(adds "CSV files")
lanewise_feature(LIBCSV LANEWISE_WITH_LIBCSV AUTO "${adds}")
if(LANEWISE_WITH_LIBCSV)
  find_package(LibCSV QUIET)
endif()
lanewise_feature_needs(LIBCSV LANEWISE_WITH_LIBCSV "${adds}"
  "${LibCSV_FOUND}" "libcsv" libcsv-dev)

# Chart.js is a text that is compiled into programs, the same for every machine: a cross build uses
# that of the build machine.
set(adds "HTML reports")
lanewise_feature(REPORT LANEWISE_WITH_CHART_JS AUTO "${adds}")
set(found "")
if(LANEWISE_WITH_CHART_JS)
  find_file(LANEWISE_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js
    NO_CMAKE_FIND_ROOT_PATH DOC "Chart.js 3, minified, as one script (chart.min.js)")
  if(LANEWISE_CHART_JS)
    file(STRINGS ${LANEWISE_CHART_JS} found REGEX "^ \\* Chart.js v3\\." LIMIT_COUNT 1)
  endif()
endif()
if(found)
  set(found ON)
endif()
lanewise_feature_needs(REPORT LANEWISE_WITH_CHART_JS "${adds}"
  "${found}" "Chart.js 3" libjs-chart.js ${LANEWISE_HAS_JANSSON} "Jansson" libjansson-dev)

# A cross build would usually find the MPI of the build machine.
set(adds "Training over MPI processes")
lanewise_feature(MPI LANEWISE_WITH_MPI ${development} "${adds}")
if(LANEWISE_WITH_MPI AND NOT (LANEWISE_WITH_MPI STREQUAL "AUTO" AND CMAKE_CROSSCOMPILING))
  find_package(MPI QUIET COMPONENTS C)
endif()
lanewise_feature_needs(MPI LANEWISE_WITH_MPI "${adds}" "${MPI_C_FOUND}" "MPI" libopenmpi-dev)

# The suites test every reader and writer.
set(adds "Tests")
lanewise_feature(TESTS LANEWISE_BUILD_TESTS ${development} "${adds}")
if(LANEWISE_BUILD_TESTS)
  find_package(Check QUIET)
endif()
set(report "")
if(LANEWISE_BUILD_CLI)
  set(report ${LANEWISE_HAS_REPORT} "Chart.js 3" libjs-chart.js)
endif()
lanewise_feature_needs(TESTS LANEWISE_BUILD_TESTS "${adds}"
  "${Check_FOUND}" "Check" check
  ${LANEWISE_HAS_ZLIB} "zlib" zlib1g-dev
  ${LANEWISE_HAS_JANSSON} "Jansson" libjansson-dev
  ${LANEWISE_HAS_LIBCSV} "libcsv" libcsv-dev
  ${report})

set(adds "Benchmarks")
lanewise_feature(BENCH LANEWISE_BUILD_BENCH ${development} "${adds}")
if(LANEWISE_BUILD_BENCH)
  if(NOT CMAKE_CXX_COMPILER)
    unset(CMAKE_CXX_COMPILER CACHE) # of an earlier configuration, which found none
  endif()
  include(CheckLanguage)
  check_language(CXX)
  if(CMAKE_CXX_COMPILER)
    enable_language(CXX)
    find_package(benchmark QUIET)
    find_package(OpenMP QUIET COMPONENTS CXX)
  endif()
endif()
if(NOT LANEWISE_HAS_OPENMP)
  set(OpenMP_CXX_FOUND OFF)
endif()
lanewise_feature_needs(BENCH LANEWISE_BUILD_BENCH "${adds}"
  "${CMAKE_CXX_COMPILER}" "a C++ compiler" g++
  "${benchmark_FOUND}" "Google Benchmark" libbenchmark-dev
  "${OpenMP_CXX_FOUND}" "OpenMP for C++" g++
  ${LANEWISE_HAS_REPORT} "Chart.js 3" libjs-chart.js)

unset(adds)
unset(development)
unset(found)
unset(report)
