/* ailab-mock ca [RUNTIME]: the certificate authority of this machine, and how programs are told to
 * trust it. */
#include "certificates/authority.h"
#include "commands.h"
#include "recipes.h"
#include <stdio.h>
#include <string.h>

static int unknown(const char *name, const char *meant)
{
    cmdline_say(mock_program.name,
                "no recipe for '%.64s'; %s%s%s'ailab-mock ca' lists them; most programs read "
                "SSL_CERT_FILE, see 'ailab-mock ca openssl'",
                name, meant ? "did you mean " : "", meant ? meant : "", meant ? "? " : "");
    return EXIT_USAGE;
}

static void print_all(const struct recipe_files *files)
{
    size_t count;
    const struct recipe *recipes = recipes_all(&count);
    printf("# The certificate authority of this machine can sign for ailabapi.com and the names "
           "below it,\n# localhost, 127.0.0.1 and ::1 alone. As PEM, with the system's roots, and "
           "those for Java:\n#   %s\n#   %s\n#   %s\n"
           "# How programs are told to trust it; eval \"$(ailab-mock ca NAME)\" tells those that "
           "this shell starts.\n",
           files->ca, files->bundle, files->java);
    for (size_t i = 0; i < count; i++) {
        printf("\n# %s: %s\n", recipes[i].name, recipes[i].about);
        recipe_print(stdout, &recipes[i], files);
    }
}

static int remove_authority(const char *directory)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    bool removed;
    if (authority_remove(directory, &removed, why) != AILAB_MOCK_OK)
        return complain(EXIT_UNAVAILABLE, why);
    cmdline_say(mock_program.name, "%s",
                removed
                    ? "removed the certificate authority; trust stores that it was added to "
                      "still have its certificate: 'ailab-mock ca RUNTIME' tells how to undo that"
                    : "there is no certificate authority to remove");
    return EXIT_DONE;
}

static int show(const struct authority *authority, const struct recipe *recipe, bool path_alone)
{
    const struct recipe_files files = {authority_ca_file(authority),
                                       authority_bundle_file(authority),
                                       authority_java_file(authority)};
    if (authority_news(authority)[0])
        cmdline_say(mock_program.name, "%s", authority_news(authority));
    if (path_alone)
        puts(files.ca);
    else if (recipe)
        recipe_print(stdout, recipe, &files);
    else
        print_all(&files);
    return EXIT_DONE;
}

int command_ca(const struct cmdline *line)
{
    const char *directory = cmdline_text(line, OPTION_ca_dir), *meant;
    const char *name = line->operand_count ? line->operands[0] : NULL;
    bool path_alone = cmdline_number(line, OPTION_path),
         removes = cmdline_number(line, OPTION_remove);
    const struct recipe *recipe = name ? recipe_find(&meant, name) : NULL;
    char why[AILAB_MOCK_ERROR_SIZE];
    struct authority *authority;
    if (name && (path_alone || removes))
        return complain(EXIT_USAGE, "--path and --remove go without a RUNTIME");
    if (name && !recipe)
        return unknown(name, meant);
    if (removes)
        return remove_authority(directory);
    if (authority_open(&authority, directory, why) != AILAB_MOCK_OK)
        return complain(EXIT_UNAVAILABLE, why);
    int code = show(authority, recipe, path_alone);
    authority_close(authority);
    return code;
}
