/* See picture_data.h. The assembler reads the files: a hexadecimal array would cost seconds. */
#include "pictures/picture_data.h"

#define EMBED(name, file)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl " name "_begin\n"                                                              \
            ".hidden " name "_begin\n"                                                             \
            ".balign 16\n" name "_begin:\n"                                                        \
            ".incbin \"" file "\"\n"                                                               \
            ".globl " name "_end\n"                                                                \
            ".hidden " name "_end\n" name "_end:\n"                                                \
            ".byte 0\n"                                                                            \
            ".popsection\n")

EMBED("conformance_jpeg", AILAB_IMAGES_DIR "/portrait.jpg");
EMBED("conformance_png", AILAB_IMAGES_DIR "/portrait.png");
