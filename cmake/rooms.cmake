# Warnings and sanitizers belong to our own targets, never to their interface.
function(vpcmirror_own_target target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                         -Wno-sign-conversion -Wno-missing-field-initializers
                         -Wnon-virtual-dtor -Woverloaded-virtual)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} PRIVATE -Werror)
  elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 warns of std::string and std::optional themselves when it optimises
    # (GCC bugs 105329 and 105562).
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized)
  endif()
  if(VPCMIRROR_WHOLE_ROOMS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ takes what a .cc file keeps to itself for a header's, unless it compiles it alone.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  elseif(VPCMIRROR_WHOLE_ROOMS)
    # Of what another file keeps to itself, too; preset dev has the warning.
    target_compile_options(${target} PRIVATE -Wno-shadow)
  endif()
  if(VPCMIRROR_SANITIZE)
    # At a fixed address: of what the sanitizers know of a test program, the loader
    # would else relocate 1.5 million pointers whenever one of its tests starts.
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined
                           -fno-sanitize-recover=all -fno-omit-frame-pointer -fno-pie)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined -no-pie)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # In KiB. From its own 128 MiB on, g++ sweeps its memory time and again: an
      # eighth of the time that a test file takes.
      target_compile_options(${target} PRIVATE --param=ggc-min-heapsize=600000)
    endif()
    if(VPCMIRROR_LLD)  # a third of the time that ld takes
      target_link_options(${target} PRIVATE -fuse-ld=lld)
    endif()
  endif()
endfunction()

find_program(VPCMIRROR_LLD ld.lld)

# vpcmirror_room(<target> <folder> [libraries...]): a library of every .cc file
# of the folder, or an interface library when it has none. With VPCMIRROR_WHOLE_ROOMS
# eight of them are compiled as one, so that their headers are read once; a file whose
# own names (those in its anonymous namespace) another of the room has too is kept out
# by vpcmirror_compile_apart.
function(vpcmirror_room target folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cc)
  if(sources)
    add_library(${target} STATIC ${sources})
    vpcmirror_own_target(${target})
    target_link_libraries(${target} PUBLIC ${ARGN})
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${VPCMIRROR_WHOLE_ROOMS})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} INTERFACE ${ARGN})
  endif()
endfunction()

# vpcmirror_compile_apart(<file>...): never as one with other files of its room.
function(vpcmirror_compile_apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# vpcmirror_test(<folder> [libraries...]): one program of every *_test.cc file
# of tests/<folder>, each suite of it known to ctest by name. Compiled as a room is: what
# two files share belongs in a header of tests/support or of their own folder, and other
# names of theirs have to differ.
function(vpcmirror_test folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" name ${folder})
  add_executable(test_${name} ${sources})
  vpcmirror_own_target(test_${name})
  target_link_libraries(test_${name} PRIVATE ${ARGN} test_support)
  set_target_properties(test_${name} PROPERTIES UNITY_BUILD ${VPCMIRROR_WHOLE_ROOMS})
  # Compiled once for all of them: a third of what a test file takes.
  target_precompile_headers(test_${name} REUSE_FROM test_support)
  target_compile_definitions(test_${name} PRIVATE
    VPCMIRROR_SOURCE_DIR="${CMAKE_SOURCE_DIR}" VPCMIRROR_CAPTURES="${VPCMIRROR_CAPTURES}")
  # RapidCheck draws afresh each time unless told a seed.
  set(suites ${CMAKE_CURRENT_BINARY_DIR}/test_${name}_suites.cmake)
  add_custom_command(TARGET test_${name} POST_BUILD BYPRODUCTS ${suites} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:test_${name}> -D OUTPUT=${suites}
            -D "PROPERTIES=LABELS ${name} ENVIRONMENT RC_PARAMS=seed=1"
            -P ${CMAKE_SOURCE_DIR}/cmake/discover_suites.cmake)
  # A program that was not built has a test that fails.
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/test_${name}_include.cmake
       "if(EXISTS [[${suites}]])\n  include([[${suites}]])\nelse()\n"
       "  add_test(test_${name}_NOT_BUILT test_${name}_NOT_BUILT)\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY
    TEST_INCLUDE_FILES ${CMAKE_CURRENT_BINARY_DIR}/test_${name}_include.cmake)
endfunction()
