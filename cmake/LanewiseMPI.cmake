# Whether lanewise::mpi is built (LANEWISE_MPI), and MPI found for it: MPI::MPI_C.
set(default OFF)
if(PROJECT_IS_TOP_LEVEL)
  set(default AUTO)
endif()
set(LANEWISE_BUILD_MPI ${default} CACHE STRING
  "Build the library on MPI: ON, OFF, or AUTO (where MPI is found, and not for another machine)")
set_property(CACHE LANEWISE_BUILD_MPI PROPERTY STRINGS AUTO ON OFF)

set(LANEWISE_MPI OFF)
if(LANEWISE_BUILD_MPI STREQUAL "AUTO")
  # What is found while building for another machine is, as a rule, the MPI of this one.
  if(NOT CMAKE_CROSSCOMPILING)
    find_package(MPI QUIET COMPONENTS C)
    set(LANEWISE_MPI ${MPI_C_FOUND})
  endif()
  if(NOT LANEWISE_MPI)
    message(STATUS "Lanewise: no MPI is found, so lanewise::mpi is not built (Debian: libopenmpi-dev)")
  endif()
elseif(LANEWISE_BUILD_MPI)
  find_package(MPI REQUIRED COMPONENTS C)
  set(LANEWISE_MPI ON)
endif()
