/* The environment in which a program that has the vendor's URL built in comes to a mock. Pure, but
 * for the folder. The tables are environment.def and files.def. */
#ifndef AILAB_MOCKSERVER_ENVIRONMENT_ENVIRONMENT_H
#define AILAB_MOCKSERVER_ENVIRONMENT_ENVIRONMENT_H

#include "ailab_mock.h"
#include "environment/held_folder.h"

enum environment_part {
    ENVIRONMENT_OWN,   /* where our client finds the mock */
    ENVIRONMENT_TRUST, /* which certificates are taken */
    ENVIRONMENT_ROUTE, /* how a program is led to the mock */
};

/* What the variables tell. Texts are borrowed. */
struct environment_facts {
    const char *url; /* "http://127.0.0.1:49152" */
    const char *address, *port;
    const char *ca_file, *bundle_file, *java_file;
    const char *folder; /* of environment_folder_make() */
};

/* The variables of the parts up to `last`, "NAME=VALUE", ended by NULL: one block, for the caller
 * to free. inherited is the environment that they will be added to, ended by NULL. NULL when memory
 * ran out. */
char **environment_new(const struct environment_facts *facts, enum environment_part last,
                       const char *const *inherited);

/* inherited with the variables of `added` instead of those of the same names, and without those of
 * parts after `last`, ended by NULL. One block, for the caller to free; the texts are borrowed from
 * both. NULL when memory ran out. */
char **environment_merge(const char *const *inherited, const char *const *added,
                         enum environment_part last);

/* Makes a folder, for the caller to remove, with the files of files.def; facts->folder is not
 * read. False with one sentence in why. */
bool environment_folder_make(struct held_folder *out, const struct environment_facts *facts,
                             char why[AILAB_MOCK_ERROR_SIZE]);

#endif
