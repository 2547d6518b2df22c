# How a library is installed so that other projects find it.

include(CMakePackageConfigHelpers)

# ailab_shared_library(TARGET OBJECTS...): TARGET_shared, the shared library beside the archive TARGET.
# It exports what the public header marks. Its SONAME follows the project's version.
function(ailab_shared_library target)
    add_library(${target}_shared SHARED ${ARGN})
    target_link_libraries(${target}_shared PRIVATE $<BUILD_INTERFACE:ailab_build>)
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(${target}_shared INTERFACE ${includes})
    set_target_properties(${target}_shared PROPERTIES OUTPUT_NAME ${target} LINKER_LANGUAGE C
                          VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
endfunction()

# ailab_install_library(TARGET NAME COMPONENT): the archive TARGET, the library TARGET_shared, their
# CMake package and their pkg-config file, the last two from TARGET-config.cmake.in and TARGET.pc.in
# beside the caller's CMakeLists.txt. Programs link ailab::NAME. COMPONENT is what a program needs to
# run, COMPONENT_dev what it needs to be built.
function(ailab_install_library target name component)
    set(package "${CMAKE_INSTALL_LIBDIR}/cmake/${target}")
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name}_static)
    set_target_properties(${target}_shared PROPERTIES EXPORT_NAME ${name}_shared)
    install(TARGETS ${target} ${target}_shared EXPORT ${target}_targets
            ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component}_dev
            LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component}
                    NAMELINK_COMPONENT ${component}_dev)
    set(component ${component}_dev)
    install(EXPORT ${target}_targets NAMESPACE ailab:: DESTINATION "${package}"
            COMPONENT ${component})
    set(AILAB_CHOICE "if(NOT TARGET ailab::${name})
    add_library(ailab::${name} INTERFACE IMPORTED)
    if(${target}_USE_STATIC_LIBS)
        set_property(TARGET ailab::${name} PROPERTY INTERFACE_LINK_LIBRARIES ailab::${name}_static)
    else()
        set_property(TARGET ailab::${name} PROPERTY INTERFACE_LINK_LIBRARIES ailab::${name}_shared)
    endif()
endif()")
    configure_package_config_file(${target}-config.cmake.in ${target}-config.cmake
                                  INSTALL_DESTINATION "${package}")
    write_basic_package_version_file(${target}-config-version.cmake
                                     COMPATIBILITY SameMinorVersion)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${target}-config.cmake"
                  "${CMAKE_CURRENT_BINARY_DIR}/${target}-config-version.cmake"
            DESTINATION "${package}" COMPONENT ${component})

    # A relative prefix: the installed tree may be moved.
    file(RELATIVE_PATH AILAB_PC_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
         "${CMAKE_INSTALL_PREFIX}")
    string(REGEX REPLACE "/$" "" AILAB_PC_PREFIX "${AILAB_PC_PREFIX}")
    configure_file(${target}.pc.in ${target}.pc @ONLY)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${target}.pc"
            DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT ${component})
endfunction()

# ailab_manual(TARGET NAME COMPONENT SECTIONS [COMMAND]): the program, or a command of it with options
# of its own, prints its manual page from its tables; the file SECTIONS follows, roff about what the
# tables do not say.
function(ailab_manual target name component sections)
    if(NOT AILAB_INSTALL AND NOT AILAB_TESTS)
        return()
    endif()
    set(page "${PROJECT_BINARY_DIR}/man/${name}.1")
    set(sections "${CMAKE_CURRENT_SOURCE_DIR}/${sections}")
    add_custom_command(OUTPUT "${page}"
                       COMMAND ${CMAKE_COMMAND} -E make_directory "${PROJECT_BINARY_DIR}/man"
                       COMMAND ${target} ${ARGN} --roff > "${page}"
                       COMMAND cat "${sections}" >> "${page}"
                       DEPENDS ${target} "${sections}" VERBATIM)
    add_custom_target(${name}_manual ALL DEPENDS "${page}")
    if(AILAB_INSTALL)
        install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT ${component})
    endif()
endfunction()

# ailab_completions(TARGET NAME COMPONENT): the program prints its completion for each shell from its
# tables.
function(ailab_completions target name component)
    if(NOT AILAB_INSTALL AND NOT AILAB_TESTS)
        return()
    endif()
    set(folder "${PROJECT_BINARY_DIR}/completions")
    set(bash_place "${name}" bash-completion/completions)
    set(zsh_place "_${name}" zsh/vendor-completions)
    set(fish_place "${name}.fish" fish/vendor_completions.d)
    set(files)
    foreach(shell IN ITEMS bash zsh fish)
        list(GET ${shell}_place 0 file)
        list(GET ${shell}_place 1 place)
        list(APPEND files "${folder}/${shell}/${file}")
        add_custom_command(OUTPUT "${folder}/${shell}/${file}"
                           COMMAND ${CMAKE_COMMAND} -E make_directory "${folder}/${shell}"
                           COMMAND ${target} --completion-${shell} > "${folder}/${shell}/${file}"
                           DEPENDS ${target} VERBATIM)
        if(AILAB_INSTALL)
            install(FILES "${folder}/${shell}/${file}"
                    DESTINATION "${CMAKE_INSTALL_DATADIR}/${place}" COMPONENT ${component})
        endif()
    endforeach()
    add_custom_target(${name}_completions ALL DEPENDS ${files})
endfunction()

# ailab_document(FILE NAME SECTION ABOUT COMPONENT): a page of the manual from a page in Markdown. Where
# lowdown is not installed there is no such page.
function(ailab_document file name section about component)
    if(NOT AILAB_INSTALL)
        return()
    endif()
    find_program(AILAB_LOWDOWN lowdown)
    mark_as_advanced(AILAB_LOWDOWN)
    if(NOT AILAB_LOWDOWN)
        message(STATUS "lowdown is not installed: there is no manual page ${name}(${section})")
        return()
    endif()
    set(page "${PROJECT_BINARY_DIR}/man/${name}.${section}")
    set(file "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    string(TOUPPER "${name}" title)
    set(lists "${PROJECT_SOURCE_DIR}/ci/lib/tables-to-lists.awk")
    file(WRITE "${page}.head" ".TH ${title} ${section} \"\" \"ailab-mock ${PROJECT_VERSION}\" \
\"File Formats\"\n.SH NAME\n${name} \\- ${about}\n")
    add_custom_command(OUTPUT "${page}"
                       COMMAND cat "${page}.head" > "${page}"
                       COMMAND awk -f "${lists}" "${file}" | "${AILAB_LOWDOWN}" -Tman --parse-no-super >> "${page}"
                       DEPENDS "${file}" "${page}.head" "${lists}" VERBATIM)
    add_custom_target(${name}_manual ALL DEPENDS "${page}")
    install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}"
            COMPONENT ${component})
endfunction()
