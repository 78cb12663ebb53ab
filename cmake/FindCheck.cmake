# The unit test library Check, without pkg-config: Check::Check. On Debian the position-independent
# static library and libsubunit, which it needs; on other systems libcheck.
find_path(Check_INCLUDE_DIR check.h)
find_library(Check_LIBRARY NAMES check_pic check)
find_library(Check_SUBUNIT_LIBRARY subunit)
mark_as_advanced(Check_INCLUDE_DIR Check_LIBRARY Check_SUBUNIT_LIBRARY)
find_package(Threads QUIET)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Check REQUIRED_VARS Check_LIBRARY Check_INCLUDE_DIR)
if(Check_FOUND AND NOT TARGET Check::Check)
  add_library(Check::Check UNKNOWN IMPORTED)
  set_target_properties(Check::Check PROPERTIES
    IMPORTED_LOCATION ${Check_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${Check_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES "Threads::Threads;rt;m")
  if(Check_SUBUNIT_LIBRARY)
    set_property(TARGET Check::Check APPEND PROPERTY
      INTERFACE_LINK_LIBRARIES ${Check_SUBUNIT_LIBRARY})
  endif()
endif()
