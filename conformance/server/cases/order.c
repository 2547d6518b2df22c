/* Two faults at once: the one that the documented order of checks puts first is answered. */
#include "cases/changes.h"
#include "cases/suites.h"

CHANGE(no_image)
{
    request_drop_part(request, "image_target");
}

CHANGE(json)
{
    request_raw_body(request, "application/json", def->argument.text);
}

CHANGE(unclosed_no_image)
{
    request->unclosed = true;
    request_drop_part(request, "image_target");
}

static const struct case_def cases[] = {
    CLAUSE(order_key_before_parameters,
           "The account (key, lock, credits) is checked before the parameters."),
    CASE("order/key-before-missing", "no key, and no image_target", .change = change_no_key,
         .then = no_image, EXPECTS(KEY), ALSO(order_documented)),
    CASE("order/key-before-values", "no key, and service_choice 17", TEXT(change_choice, "17"),
         .then = change_no_key, EXPECTS(KEY), ALSO(order_documented)),
    CASE("order/key-before-type", "no key, and a text file", .change = change_no_key, UPLOADS(TEXT),
         EXPECTS(KEY), ALSO(order_documented)),
    CASE("order/key-before-multipart", "no key, and a JSON body", TEXT(json, "{}"),
         .then = change_no_key, EXPECTS(KEY), ALSO(order_documented)),
    CLAUSE(order_documented,
           "Checks run in the documented order: path and method, key, account, credits and rate, "
           "multipart, missing, empty, values, size, type, decoding, resolution."),
    CASE("order/path-before-key", "an unknown path, and no key",
         TEXT(change_path, "/api/portrait/effects/no-such-effect"), .then = change_no_key,
         EXPECTS(PATH)),
    CASE("order/method-before-key", "PUT, and no key", TEXT(change_method, "PUT"),
         .then = change_no_key, EXPECTS(METHOD)),
    CASE("order/multipart-before-missing", "no closing boundary, and no image_target",
         TEXT(change_choice, "17"), .then = unclosed_no_image, EXPECTS(MULTIPART)),
    CASE("order/missing-before-empty", "no image_target, and an empty service_choice",
         TEXT(change_choice, ""), .then = no_image, EXPECTS(MISSING)),
    CASE("order/missing-before-values", "no image_target, and service_choice 17",
         TEXT(change_choice, "17"), .then = no_image, EXPECTS(MISSING)),
    CASE("order/empty-before-values", "an empty image_target, and service_choice 17",
         TEXT(change_choice, "17"), UPLOADS(EMPTY), EXPECTS(EMPTY)),
    CASE("order/values-before-size", "service_choice 17, and a picture over 5 MB",
         TEXT(change_choice, "17"), UPLOADS(JPEG_OVER), EXPECTS(INVALID)),
    CASE("order/values-before-type", "service_choice 17, and a text file",
         TEXT(change_choice, "17"), UPLOADS(TEXT), EXPECTS(INVALID)),
    CASE("order/values-before-decoding", "service_choice 17, and half a JPEG",
         TEXT(change_choice, "17"), UPLOADS(JPEG_HALF), EXPECTS(INVALID)),
    CASE("order/values-before-resolution", "service_choice 17, and a picture of 4096x4096 px",
         TEXT(change_choice, "17"), UPLOADS(PNG_4096_BOTH), EXPECTS(INVALID)),
    CASE("order/size-before-type", "over 5 MB, and no picture", UPLOADS(ZEROS_OVER), EXPECTS(SIZE)),
    CASE("order/decoding-before-resolution", "half a picture, and too wide", UPLOADS(PNG_4096_HALF),
         EXPECTS(DECODING)),
};

SUITE(order, "Which fault is answered");
