/* The names that an authority may sign for: the vendor's, and this machine's. Pure. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_NAMES_H
#define AILAB_MOCKSERVER_CERTIFICATES_NAMES_H

#include "base/slice.h"

#define NAMES_DOMAIN "ailabapi.com"
#define NAMES_VENDOR_HOST "www." NAMES_DOMAIN

/* As OpenSSL's configuration writes them. A domain permits the names below it. */
#define NAMES_PERMITTED                                                                            \
    "permitted;DNS:" NAMES_DOMAIN ",permitted;DNS:localhost,"                                      \
    "permitted;IP:127.0.0.1/255.255.255.255,"                                                      \
    "permitted;IP:0:0:0:0:0:0:0:1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

/* In every good certificate of a server. */
#define NAMES_USUAL                                                                                \
    "DNS:" NAMES_VENDOR_HOST ",DNS:" NAMES_DOMAIN ",DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"

#define NAME_SIZE 254 /* the longest name of a host, and its end */

/* The name that a certificate must hold beside the usual ones, in small letters; "" when they are
 * enough: for them, for a name that no authority may sign for, for none (NULL or ""). Returns out.
 */
const char *name_beside_usual(char out[NAME_SIZE], const char *name);

#endif
