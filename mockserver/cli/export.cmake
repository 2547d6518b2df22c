# The exports of the contract: tested as functions, and the checked-in files against the program.

add_library(ailab_mock_export STATIC
    cli/export_build.c cli/export_contract.c cli/export_openapi.c cli/export_paths.c
    cli/export_responses.c cli/export_schemas.c)
target_include_directories(ailab_mock_export PUBLIC cli)
target_link_libraries(ailab_mock_export PRIVATE ailab_build PUBLIC ailab_mock_rooms)
ailab_tests("${CMAKE_CURRENT_SOURCE_DIR}/cli/tests" ailab_mock_export)

if(AILAB_TESTS)
    add_test(NAME mockserver.fixtures
             COMMAND "${PROJECT_SOURCE_DIR}/ci/update-fixtures" --check $<TARGET_FILE:ailab_mock_cli>)
    add_test(NAME mockserver.fixtures.notices
             COMMAND "${PROJECT_SOURCE_DIR}/ci/tests/check_update_fixtures"
                     $<TARGET_FILE:ailab_mock_cli>)
    ailab_test(mockserver.fixtures)
    ailab_test(mockserver.fixtures.notices)
endif()
