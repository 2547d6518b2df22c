/* The URLs of a call: whether the caller's are right, and the one that is asked. */
#ifndef CLIENT_SRC_URL_H
#define CLIENT_SRC_URL_H

/* The fault of a base URL, "" when there is none. Static storage. */
const char *ai_url_problem(const char *base_url);
/* The same for a proxy's URL. */
const char *ai_url_proxy_problem(const char *proxy);

/* The base URL without slashes at its end, and the path of the endpoint: to be freed, NULL when
 * memory ran out. */
char *ai_url_of_endpoint(const char *base_url);

#endif
