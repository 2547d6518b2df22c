/* The body of an answer, looked through while it arrives: the few fields of the envelope are kept
 * as bounded texts, data.image is decoded as it comes, the rest is checked and forgotten. It says
 * what is there, with its JSON type; what that means is decided in answer.c. Pure but for the
 * memory of the picture. */
#ifndef AILAB_CLIENT_SCAN_H
#define AILAB_CLIENT_SCAN_H

#include "base64.h"
#include "json.h"

#define SCAN_TEXT_SIZE 512
#define SCAN_KEY_SIZE 32

enum ai_scan_kind {
    SCAN_ABSENT = 0,
    SCAN_NULL,
    SCAN_BOOLEAN,
    SCAN_INTEGER, /* written as one, and small enough for a long */
    SCAN_NUMBER,  /* any other number */
    SCAN_STRING,
    SCAN_ARRAY,
    SCAN_OBJECT,
};

enum ai_scan_slot {
    SCAN_REQUEST_ID = 0,
    SCAN_LOG_ID,
    SCAN_ERROR_CODE,
    SCAN_ERROR_CODE_STR,
    SCAN_ERROR_MSG,
    SCAN_DETAIL,
    SCAN_DETAIL_STATUS_CODE,
    SCAN_DETAIL_CODE,
    SCAN_DETAIL_CODE_MESSAGE,
    SCAN_DETAIL_MESSAGE,
    SCAN_DATA,
    SCAN_IMAGE,
    SCAN_SLOTS, /* how many there are; also: none of them */
    SCAN_ROOT,  /* the envelope itself */
};

struct ai_scan_field {
    enum ai_scan_kind kind;
    long number;               /* when SCAN_INTEGER */
    char text[SCAN_TEXT_SIZE]; /* when SCAN_STRING: fit to show, "" for the image */
};

struct ai_scan {
    struct ai_scan_field fields[SCAN_SLOTS];
    struct ai_base64 image;
    bool image_whole; /* data.image is a string of sound Base64, maybe empty */
    char why[160];    /* what is wrong with the body as a whole; "" while nothing is */
    struct ai_json json;
    enum ai_scan_kind root;
    enum ai_scan_slot container; /* whose keys are being read */
    enum ai_scan_slot second;    /* the container at depth two */
    enum ai_scan_slot slot;      /* whose value is next or being read */
    bool in_key;
    unsigned depth;
    char key[SCAN_KEY_SIZE];
    size_t key_size; /* SCAN_KEY_SIZE + 1: longer than any known key */
    char raw[SCAN_TEXT_SIZE];
    size_t raw_size;
};

void ai_scan_init(struct ai_scan *scan);

/* How long the body is said to be: a hint for the first allocation, to be given before a byte. */
void ai_scan_expect(struct ai_scan *scan, size_t bytes);

void ai_scan_feed(struct ai_scan *scan, const void *bytes, size_t size);

/* The body has ended: true when it was one JSON object without a field of ours given twice. */
bool ai_scan_finish(struct ai_scan *scan);

/* Whether the object has been closed, so that nothing of weight can follow. */
bool ai_scan_is_whole(const struct ai_scan *scan);

void ai_scan_clear(struct ai_scan *scan);

#endif
