# What ctest runs, all of it found by name:
#
#   tests/unit/<room>/test_<what>.c
#                              cmocka programs. A line `// sources: a.c b/*.c`
#                              names what they are linked with (repository
#                              relative), `// libs: jansson elf` the libraries;
#                              several such lines add up.
#                              Run in the repository root.
#   tests/cli/*.sh tests/sim/*.sh tests/check/*.sh tests/firmware/*.sh
#   tests/firmware/*/*.sh
#   tests/fuzz/fuzz_<what>.c   fuzz targets, with `// sources:` as above, over
#                              the files of tests/fuzz/corpus/<what>. `make
#                              fuzz` runs them under libFuzzer.
#   examples/*/test.sh         scripts, called with three arguments: the
#                              command, an empty scratch directory, and the
#                              directory with the firmware. What they share is
#                              tests/support.bash.
#
# Each runs under scripts/run-test, which limits its processor time and says
# how to run it again. ctest has no limit of its own: the clock on the wall
# would fail tests on a busy machine (scripts/run-tests stops a suite that is
# stuck). Exit status 77 is "skipped".
#
# Everything runs with the sanitized command, but
# for scripts with a line `# command: optimised`, which simulate too much for
# that (the sanitizers make the simulator five times slower).

include_guard(GLOBAL)

# The words of all lines of `file` that start with `// <key>:`.
function(xip_note_ out file key)
    file(STRINGS ${file} lines REGEX "^// ${key}:")
    set(all)
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^// ${key}: *" "" line "${line}")
        separate_arguments(words UNIX_COMMAND "${line}")
        list(APPEND all ${words})
    endforeach()
    set(${out} "${all}" PARENT_SCOPE)
endfunction()

function(xip_test_properties_ name label)
    set_tests_properties(${name} PROPERTIES
        LABELS ${label} TIMEOUT 0 SKIP_RETURN_CODE 77
        WORKING_DIRECTORY ${XIPSAFE_ROOT}
        # Unicorn allocates a lot: short stacks save a fifth of the time.
        ENVIRONMENT "XIPSAFE_FIRMWARE_DIR=${XIPSAFE_ROOT}/build/firmware;\
ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=8;\
LSAN_OPTIONS=suppressions='${XIPSAFE_ROOT}/tests/lsan.supp':\
print_suppressions=0")
endfunction()

function(xip_unit_test_ file)
    get_filename_component(name ${file} NAME_WE)
    string(REPLACE "test_" "unit_" test ${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    xip_note_(patterns ${file} sources)
    xip_note_(libs ${file} libs)
    set(sources)
    foreach(pattern IN LISTS patterns)
        file(GLOB found CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/${pattern})
        if(NOT found)
            # Red, not left out: a test that vanished is worse.
            add_test(NAME ${test} COMMAND ${run} ${test}
                ${CMAKE_COMMAND} -E cat
                ${pattern}_is_named_by_${name}_and_does_not_exist)
            return()
        endif()
        list(APPEND sources ${found})
    endforeach()
    list(REMOVE_DUPLICATES sources)
    xip_choose_core(sources)
    xip_objects(objects ${file} ${sources})
    add_executable(${name} ${objects})
    xip_link_libraries(${name} cmocka ${libs} m)
    add_test(NAME ${test} COMMAND ${run} ${test} $<TARGET_FILE:${name}>)
    xip_test_properties_(${test} unit)
endfunction()

function(xip_script_test_ file)
    file(RELATIVE_PATH name ${XIPSAFE_ROOT} ${file})
    string(REGEX REPLACE "^tests/" "" name ${name})
    string(REGEX REPLACE "(/test)?\\.sh$" "" name ${name})
    string(REGEX MATCH "^[^/]+" label ${name})
    string(REPLACE "/" "_" name ${name})
    set(command $<TARGET_FILE:xipsafe>)
    file(STRINGS ${file} optimised REGEX "^# command: optimised")
    if(optimised)
        set(command ${XIPSAFE_ROOT}/build/xipsafe)
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    add_test(NAME ${name} COMMAND ${run} ${name} ${file}
        ${command} ${CMAKE_BINARY_DIR}/scratch/${name}
        ${XIPSAFE_ROOT}/build/firmware)
    xip_test_properties_(${name} ${label})
endfunction()

# The objects of a fuzz target, and its libraries.
macro(xip_fuzz_objects_ file)
    get_filename_component(name ${file} NAME_WE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    xip_note_(patterns ${file} sources)
    xip_note_(libs ${file} libs)
    set(sources)
    foreach(pattern IN LISTS patterns)
        file(GLOB found CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/${pattern})
        if(NOT found)
            message(SEND_ERROR "${file}: no ${pattern}")
        endif()
        list(APPEND sources ${found})
    endforeach()
    list(REMOVE_DUPLICATES sources)
    xip_objects(objects ${file} ${sources} ${ARGN})
endmacro()

# In the tests: the corpus once.
function(xip_fuzz_replay_ file)
    xip_fuzz_objects_(${file} ${XIPSAFE_ROOT}/tests/fuzz/replay.c)
    add_executable(${name} ${objects})
    xip_link_libraries(${name} ${libs} m)
    string(REPLACE "fuzz_" "" what ${name})
    add_test(NAME ${name} COMMAND ${run} ${name} $<TARGET_FILE:${name}>
        ${XIPSAFE_ROOT}/tests/fuzz/corpus/${what})
    xip_test_properties_(${name} fuzz)
endfunction()

# With the preset fuzz: libFuzzer. FUZZ_PLANT puts a defect into fuzz_smp.
function(xip_fuzz)
    file(GLOB targets CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/tests/fuzz/fuzz_*.c)
    add_custom_target(fuzz)
    foreach(file IN LISTS targets)
        xip_fuzz_objects_(${file})
        add_executable(${name} EXCLUDE_FROM_ALL ${objects})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        xip_link_libraries(${name} ${libs} m)
        add_dependencies(fuzz ${name})
    endforeach()
    add_executable(fuzz_planted EXCLUDE_FROM_ALL
        ${XIPSAFE_ROOT}/tests/fuzz/fuzz_smp.c
        ${XIPSAFE_ROOT}/xipsafe/transport/xip_smp.c
        ${XIPSAFE_ROOT}/xipsafe/transport/xip_cbor.c)
    target_compile_definitions(fuzz_planted PRIVATE FUZZ_PLANT)
    target_include_directories(fuzz_planted PRIVATE
        ${XIPSAFE_ROOT}/tests ${XIPSAFE_ROOT}/xipsafe/include)
    target_link_options(fuzz_planted PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz fuzz_planted)
endfunction()

function(xip_tests)
    set(run ${XIPSAFE_ROOT}/scripts/run-test)
    file(GLOB units CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/tests/unit/*/test_*.c)
    foreach(file IN LISTS units)
        xip_unit_test_(${file})
    endforeach()
    file(GLOB targets CONFIGURE_DEPENDS ${XIPSAFE_ROOT}/tests/fuzz/fuzz_*.c)
    foreach(file IN LISTS targets)
        xip_fuzz_replay_(${file})
    endforeach()
    file(GLOB scripts CONFIGURE_DEPENDS
        ${XIPSAFE_ROOT}/tests/cli/*.sh ${XIPSAFE_ROOT}/tests/sim/*.sh
        ${XIPSAFE_ROOT}/tests/check/*.sh
        ${XIPSAFE_ROOT}/tests/firmware/*.sh
        ${XIPSAFE_ROOT}/tests/firmware/*/*.sh
        ${XIPSAFE_ROOT}/examples/*/test.sh)
    foreach(file IN LISTS scripts)
        xip_script_test_(${file})
    endforeach()
endfunction()
