# Read first by CMake when HiGHS is built for a package.

# POPCNT is not among the instructions of every x86-64 processor.
set(COMPILER_SUPPORTS_POPCNT OFF CACHE BOOL "" FORCE)

# A library beside HiGHS, which it would load for interior
# points, is linked without `-static`, the flag of everything in a static program; no package holds it.
set(CMAKE_CXX_CREATE_SHARED_LIBRARY
    "<CMAKE_CXX_COMPILER> -shared <SONAME_FLAG><TARGET_SONAME> -o <TARGET> <OBJECTS> <LINK_LIBRARIES>")
set(CMAKE_C_CREATE_SHARED_LIBRARY
    "<CMAKE_C_COMPILER> -shared <SONAME_FLAG><TARGET_SONAME> -o <TARGET> <OBJECTS> <LINK_LIBRARIES>")
