/* Looks at the URLs that a caller gives, by libcurl's own parser. */
#include "url.h"
#include "failure.h" /* and with it <curl/curl.h> */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum endpoint {
#define AILAB_ENDPOINT(id, method, path, summary) id,
#include "contract/endpoints.def"
};

static const char *const paths[] = {
#define AILAB_ENDPOINT(id, method, path, summary) [id] = path,
#include "contract/endpoints.def"
};

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool found = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return found;
}

/* Whether the URL's path ends in the endpoint's, slashes behind it apart. */
static bool has_endpoint(const char *base_url)
{
    size_t size = strlen(base_url), path = strlen(paths[EMOTION_EDITOR]);
    while (size > 0 && base_url[size - 1] == '/')
        size--;
    return size >= path && !memcmp(base_url + size - path, paths[EMOTION_EDITOR], path);
}

static const char *syntax_problem(CURLUcode code, const char *base_url)
{
    if (!strstr(base_url, "://"))
        return "base_url has no scheme: write https:// before the host, or http:// for a mock";
    if (code == CURLUE_BAD_PORT_NUMBER)
        return "base_url has a port that is no number from 0 to 65535";
    if (code == CURLUE_UNSUPPORTED_SCHEME)
        return "base_url must begin with http:// or https://";
    return "base_url is not a URL such as https://www.ailabapi.com";
}

static const char *url_problem(CURLU *url, const char *base_url)
{
    char *scheme = NULL;
    if (strlen(base_url) > 2000)
        return "base_url is longer than 2000 characters";
    CURLUcode code = curl_url_set(url, CURLUPART_URL, base_url, 0);
    if (code != CURLUE_OK || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return syntax_problem(code, base_url);
    bool web = !strcasecmp(scheme, "http") || !strcasecmp(scheme, "https");
    curl_free(scheme);
    if (!web)
        return syntax_problem(CURLUE_UNSUPPORTED_SCHEME, base_url);
    if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        return "base_url must not contain user information";
    /* By their marks: libcurl drops an empty fragment, which the endpoint's path would fill. */
    if (strpbrk(base_url, "?#"))
        return "base_url must not contain a query or a fragment";
    if (has_endpoint(base_url))
        return "base_url ends in the path of the endpoint, which the client adds itself: leave it "
               "out";
    return "";
}

const char *ai_url_problem(const char *base_url)
{
    CURLU *url = curl_url();
    const char *problem = url ? url_problem(url, base_url) : "";
    curl_url_cleanup(url);
    return problem;
}

const char *ai_url_proxy_problem(const char *proxy)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://", "socks5h://"};
    bool known = false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        known |= !strncasecmp(proxy, schemes[i], strlen(schemes[i]));
    if (!known)
        return "proxy must begin with http://, https://, socks5:// or socks5h://";
    CURLU *url = curl_url();
    bool sound = !url || !curl_url_set(url, CURLUPART_URL, proxy, CURLU_NON_SUPPORT_SCHEME);
    curl_url_cleanup(url);
    return sound ? "" : "proxy is not a URL such as http://127.0.0.1:3128";
}

char *ai_url_of_endpoint(const char *base_url)
{
    size_t base = strlen(base_url);
    while (base > 0 && base_url[base - 1] == '/')
        base--;
    size_t size = base + strlen(paths[EMOTION_EDITOR]) + 1;
    char *url = malloc(size);
    if (url)
        snprintf(url, size, "%.*s%s", (int)base, base_url, paths[EMOTION_EDITOR]);
    return url;
}
