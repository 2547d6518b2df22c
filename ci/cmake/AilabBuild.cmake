# How everything in this tree is compiled, and how a test is registered: once, by its file name.

include(GNUInstallDirs)

# These hold in the folders of this tree; a project that embeds it keeps its own.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
if(NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()
if(NOT CMAKE_RUNTIME_OUTPUT_DIRECTORY)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
endif()
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_library(ailab_build INTERFACE)
target_compile_definitions(ailab_build INTERFACE _GNU_SOURCE
                           AILAB_VERSION_STRING="${PROJECT_VERSION}")
target_compile_options(ailab_build INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual
    -fvisibility=hidden -fno-common)
if(AILAB_WERROR)
    target_compile_options(ailab_build INTERFACE -Werror)
endif()
if(AILAB_SANITIZE)
    target_compile_options(ailab_build INTERFACE -fsanitize=${AILAB_SANITIZE}
                           -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(ailab_build INTERFACE -fsanitize=${AILAB_SANITIZE})
else()
    # Undefined first: Ubuntu's gcc defines a level of its own.
    set(optimised "$<CONFIG:Release,RelWithDebInfo,MinSizeRel>")
    target_compile_options(ailab_build INTERFACE
        "$<${optimised}:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2;-fstack-protector-strong>")
    target_link_options(ailab_build INTERFACE "$<${optimised}:-Wl,-z,relro,-z,now>")
endif()
if(AILAB_FUZZ)
    target_compile_options(ailab_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The first folder of the caller: client, mockserver, conformance, ci.
function(ailab_area out)
    file(RELATIVE_PATH area "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
    string(REGEX REPLACE "/.*" "" area "${area}")
    set(${out} "${area}" PARENT_SCOPE)
endfunction()

# ailab_test(TEST [LABELS...]): gives a test its time limit, and its area as a label (mock, client,
# conformance, ci) beside the labels given. Slow ones start first, so that none of them is alone at the end.
function(ailab_test test)
    ailab_area(area)
    string(REPLACE mockserver mock area "${area}")
    set_tests_properties(${test} PROPERTIES TIMEOUT 300 LABELS "${area};${ARGN}")
    if("slow" IN_LIST ARGN)
        set_tests_properties(${test} PROPERTIES COST 100)
    endif()
endfunction()

# Labels of a test program: threads (run under the thread sanitizer too), slow (ten seconds), live, mock, client.
# A comment in its source says so ("labels: slow, threads"); a source that includes <pthread.h> or
# the mock as a library has threads in any case.
function(ailab_labels_of out source)
    file(STRINGS "${source}" marks REGEX "#include (<pthread\\.h>|\"ailab_mock\\.h\")|labels: ")
    string(REGEX REPLACE "#include [^;]*" "threads" marks "${marks}")
    string(REGEX MATCHALL "threads|slow|live|mock|client" labels "${marks}")
    list(REMOVE_DUPLICATES labels)
    set(${out} ${labels} PARENT_SCOPE)
endfunction()

# ailab_tests(DIRECTORY LIBRARIES...): every test_*.c of the directory is a cmocka program and a
# ctest test called <area>.<name>. Other .c files there are helpers linked to all.
function(ailab_tests directory)
    if(NOT AILAB_TESTS)
        return()
    endif()
    file(GLOB tests CONFIGURE_DEPENDS "${directory}/test_*.c")
    file(GLOB helpers CONFIGURE_DEPENDS "${directory}/*.c")
    list(REMOVE_ITEM helpers ${tests})
    ailab_area(area)
    string(MAKE_C_IDENTIFIER "${directory}" helper_library)
    if(helpers) # compiled once for all of them
        add_library(${helper_library} OBJECT ${helpers})
        target_include_directories(${helper_library} PRIVATE "${directory}")
        target_link_libraries(${helper_library} PRIVATE ailab_build ${ARGN} ailab_testing)
        set(helpers $<TARGET_OBJECTS:${helper_library}>)
    endif()
    foreach(source IN LISTS tests)
        get_filename_component(name "${source}" NAME_WE)
        string(REPLACE "test_" "${area}." label "${name}")
        add_executable(${label} "${source}" ${helpers})
        target_include_directories(${label} PRIVATE "${directory}")
        target_link_libraries(${label} PRIVATE ailab_build ${ARGN} ailab_testing)
        set_target_properties(${label} PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/tests")
        add_test(NAME ${label} COMMAND ${label})
        ailab_labels_of(labels "${source}")
        ailab_test(${label} ${labels})
    endforeach()
endfunction()

# ailab_test_folders(DIRECTORY LIBRARIES...): ailab_tests() for each folder below the directory. The
# helpers in kit/ are compiled once and linked to all of them.
function(ailab_test_folders directory)
    if(NOT AILAB_TESTS)
        return()
    endif()
    ailab_area(area)
    file(GLOB kit CONFIGURE_DEPENDS "${directory}/kit/*.c")
    add_library(${area}_test_kit STATIC ${kit})
    target_include_directories(${area}_test_kit PUBLIC "${directory}/kit")
    target_link_libraries(${area}_test_kit PRIVATE ailab_build PUBLIC ${ARGN} ailab_testing)
    file(GLOB tests CONFIGURE_DEPENDS "${directory}/*/test_*.c")
    list(TRANSFORM tests REPLACE "/[^/]*$" "")
    list(REMOVE_DUPLICATES tests)
    foreach(folder IN LISTS tests)
        ailab_tests("${folder}" ${area}_test_kit)
    endforeach()
endfunction()

# ailab_wrap(TEST FUNCTIONS...): calls of our own code to these functions go to __wrap_FUNCTION in the
# test; libraries keep the real ones. FREED_SECRET_CALLS is what ci/testing/freed_secret.h needs.
set(FREED_SECRET_CALLS malloc calloc realloc strdup strndup free)
function(ailab_wrap test)
    if(TARGET ${test})
        list(TRANSFORM ARGN PREPEND "LINKER:--wrap=")
        target_link_options(${test} PRIVATE ${ARGN})
    endif()
endfunction()

# ailab_fuzzers(DIRECTORY LIBRARIES...): every fuzz_*.c defines LLVMFuzzerTestOneInput. With
# AILAB_FUZZ it becomes a libFuzzer program in bin/; always, its corpus (corpus/<name>/) is
# replayed as a test through a driver of our own. Other .c files there are helpers linked to all.
function(ailab_fuzzers directory)
    file(GLOB fuzzers CONFIGURE_DEPENDS "${directory}/fuzz_*.c")
    file(GLOB helpers CONFIGURE_DEPENDS "${directory}/*.c")
    list(REMOVE_ITEM helpers ${fuzzers})
    ailab_area(area)
    if(helpers AND (AILAB_FUZZ OR AILAB_TESTS)) # compiled once for all of them
        add_library(${area}_fuzz_helpers OBJECT ${helpers})
        target_link_libraries(${area}_fuzz_helpers PRIVATE ailab_build ${ARGN})
        set(helpers $<TARGET_OBJECTS:${area}_fuzz_helpers>)
    endif()
    foreach(source IN LISTS fuzzers)
        get_filename_component(name "${source}" NAME_WE)
        string(REPLACE "fuzz_" "" label "${name}")
        if(AILAB_FUZZ)
            add_executable(${name} "${source}" ${helpers})
            target_link_libraries(${name} PRIVATE ailab_build ${ARGN})
            target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        endif()
        if(AILAB_TESTS)
            add_executable(${area}.corpus.${label} "${source}" ${helpers}
                           "${PROJECT_SOURCE_DIR}/ci/tests/replay.c")
            target_link_libraries(${area}.corpus.${label} PRIVATE ailab_build ${ARGN})
            set_target_properties(${area}.corpus.${label} PROPERTIES
                RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/tests")
            add_test(NAME ${area}.corpus.${label}
                     COMMAND ${area}.corpus.${label} "${directory}/corpus/${label}")
            ailab_test(${area}.corpus.${label})
        endif()
    endforeach()
endfunction()
