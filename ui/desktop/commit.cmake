# Writes the header OUTPUT with the commit of the sources in SOURCE, "" where git knows none. What is as before is not
# written, so that nothing is compiled anew.
execute_process(COMMAND git describe --always --dirty=+ --abbrev=7 --exclude=*
    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE PATCHPANEL_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
    set(PATCHPANEL_COMMIT "")
endif()
configure_file(${SOURCE}/ui/desktop/commit.h.in ${OUTPUT} @ONLY)
