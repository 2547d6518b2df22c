/* See embedded.h. The assembler reads the files: a hexadecimal array would cost seconds. */
#include "base/embedded.h"

#define EMBED(name, file)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl " name "\n"                                                                    \
            ".hidden " name "\n"                                                                   \
            ".balign 16\n" name ":\n"                                                              \
            ".incbin \"" file "\"\n"                                                               \
            ".globl " name "_end\n"                                                                \
            ".hidden " name "_end\n" name "_end:\n"                                                \
            ".byte 0\n"                                                                            \
            ".popsection\n")

EMBED("embedded_jpeg", AILAB_IMAGES_DIR "/portrait.jpg");
EMBED("embedded_png", AILAB_IMAGES_DIR "/portrait.png");
EMBED("embedded_style", AILAB_PAGE_STYLE);
