# cmake -D PROGRAM=... -D OUTPUT=... -D PROPERTIES=... -P discover_suites.cmake
# Writes a CTest file with a test for each suite of a GoogleTest program. A test of
# its own for each case would start the program two thousand times, which under a
# sanitizer takes longer than all cases together.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests
                OUTPUT_VARIABLE listed RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${PROGRAM} does not list its tests: ${failed}")
endif()
string(REPLACE "\n" ";" lines "${listed}")
set(script "")
foreach(line IN LISTS lines)
  # "FilterTest.", "Network/ErrorTest.", "TypedTest/0.  # TypeParam = int"; cases are indented.
  if(NOT line MATCHES "^([A-Za-z0-9_/]+)\\.( |$)")
    continue()
  endif()
  set(suite ${CMAKE_MATCH_1})
  string(APPEND script "add_test([=[${suite}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}.*]=])\n"
                       "set_tests_properties([=[${suite}]=] PROPERTIES ${PROPERTIES}\n"
                       "  SKIP_REGULAR_EXPRESSION [=[\\[  SKIPPED \\] [1-9]]=])\n")
endforeach()
file(WRITE ${OUTPUT} "${script}")
