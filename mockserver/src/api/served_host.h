/* Whose requests are answered here: the hosts that a proxy's client may name. Pure. */
#ifndef AILAB_MOCKSERVER_API_SERVED_HOST_H
#define AILAB_MOCKSERVER_API_SERVED_HOST_H

#include "base/slice.h"

/* For people. */
#define SERVED_HOSTS_TEXT "www.ailabapi.com, ailabapi.com, localhost and loopback addresses"

/* Whether "HOST", "HOST:PORT" or "[HOST]:PORT" is the vendor's or this machine's loopback. */
bool host_is_served(struct slice authority);

#endif
