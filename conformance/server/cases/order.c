/* Two faults at once: the one that the documented order of checks puts first is answered. */
#include "cases/changes.h"
#include "cases/suites.h"
#include <string.h>

static void no_key_no_image(struct request *request, const struct case_def *def)
{
    (void)def;
    request->key = NULL;
    request_drop_part(request, "image_target");
}

static void no_key_choice(struct request *request, const struct case_def *def)
{
    request->key = NULL;
    change_choice(request, def);
}

static void no_key_json(struct request *request, const struct case_def *def)
{
    (void)def;
    request->key = NULL;
    request->content_type = "application/json";
    request->raw_body = "{}";
    request->raw_body_len = 2;
}

static void no_key_path(struct request *request, const struct case_def *def)
{
    request->key = NULL;
    request->path = def->text;
}

static void no_key_method(struct request *request, const struct case_def *def)
{
    request->key = NULL;
    request->method = def->text;
}

static void no_image_choice(struct request *request, const struct case_def *def)
{
    request_drop_part(request, "image_target");
    change_choice(request, def);
}

static void unclosed_choice(struct request *request, const struct case_def *def)
{
    request->unclosed = true;
    request_drop_part(request, "image_target");
    change_choice(request, def);
}

#define ORDER(slug_, clauses_, title_, change_, text_, picture_, expect_)                          \
    {                                                                                              \
        .slug = "order/" slug_, .clauses = clauses_, .title = title_, .change = change_,           \
        .text = text_, .picture = PICTURE_##picture_, .expect = EXPECT_##expect_                   \
    }
#define ACCOUNT "order_key_before_parameters order_documented"
#define POLICY "order_documented"

static const struct case_def cases[] = {
    ORDER("key-before-missing", ACCOUNT, "no key, and no image_target", no_key_no_image, NULL, JPEG,
          KEY),
    ORDER("key-before-values", ACCOUNT, "no key, and service_choice 17", no_key_choice, "17", JPEG,
          KEY),
    ORDER("key-before-type", ACCOUNT, "no key, and a text file", change_no_key, NULL, TEXT, KEY),
    ORDER("key-before-multipart", ACCOUNT, "no key, and a JSON body", no_key_json, NULL, JPEG, KEY),
    ORDER("path-before-key", POLICY, "an unknown path, and no key", no_key_path,
          "/api/portrait/effects/no-such-effect", JPEG, PATH),
    ORDER("method-before-key", POLICY, "PUT, and no key", no_key_method, "PUT", JPEG, METHOD),
    ORDER("multipart-before-missing", POLICY, "no closing boundary, and no image_target",
          unclosed_choice, "17", JPEG, MULTIPART),
    ORDER("missing-before-empty", POLICY, "no image_target, and an empty service_choice",
          no_image_choice, "", JPEG, MISSING),
    ORDER("missing-before-values", POLICY, "no image_target, and service_choice 17",
          no_image_choice, "17", JPEG, MISSING),
    ORDER("empty-before-values", POLICY, "an empty image_target, and service_choice 17",
          change_choice, "17", EMPTY, EMPTY),
    ORDER("values-before-size", POLICY, "service_choice 17, and a picture over 5 MB", change_choice,
          "17", JPEG_OVER, INVALID),
    ORDER("values-before-type", POLICY, "service_choice 17, and a text file", change_choice, "17",
          TEXT, INVALID),
    ORDER("values-before-decoding", POLICY, "service_choice 17, and half a JPEG", change_choice,
          "17", JPEG_HALF, INVALID),
    ORDER("values-before-resolution", POLICY, "service_choice 17, and a picture of 4096x4096 px",
          change_choice, "17", PNG_4096_BOTH, INVALID),
    ORDER("size-before-type", POLICY, "over 5 MB, and no picture", NULL, NULL, ZEROS_OVER, SIZE),
    ORDER("decoding-before-resolution", POLICY, "half a picture, and too wide", NULL, NULL,
          PNG_4096_HALF, DECODING),
};

const struct suite suite_order = {"order", "Which fault is answered", cases, COUNT_OF(cases),
                                  false};
