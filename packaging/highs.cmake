# Read first by CMake when HiGHS is built for a package: everything of it in one static library.
set(BUILD_SHARED_EXTRAS_LIB OFF CACHE BOOL "" FORCE)
