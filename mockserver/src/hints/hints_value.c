/* Hints for the two parts' values: the number and the picture. */
#include "base/count_of.h"
#include "base/decimal.h"
#include "base/suggest.h"
#include "hints/hints_internal.h"
#include <inttypes.h>

static struct slice choice_of(const struct hint_subject *subject)
{
    const struct multipart_part *choice = subject->request->choice;
    return choice ? choice->body : slice_of("");
}

static struct slice image_of(const struct hint_subject *subject)
{
    const struct multipart_part *image = subject->request->image;
    return image ? image->body : slice_of("");
}

/* Values that are not there */

bool hint_image_spent(const struct hint_subject *subject)
{
    const struct multipart_part *image = subject->request->image;
    return image && image->has_file_name &&
           hint_say(subject, "a file that was sent before is at its end: open it again, or rewind "
                             "it, for every attempt");
}

bool hint_choice_unset(const struct hint_subject *subject)
{
    return hint_say(subject, "the variable that should hold the number is not set");
}

bool hint_choice_object(const struct hint_subject *subject)
{
    return hint_is_no_value(choice_of(subject)) &&
           hint_say(subject, "that is the text of a value that your program does not have");
}

/* Expressions */

/* Letters and digits alone, in lower case: "Big Grin", "big-grin" and BIG_GRIN are one word. */
static size_t word_of(char out[48], struct slice text)
{
    size_t used = 0;
    for (size_t i = 0; i < text.len && used < 47; i++) {
        const unsigned char c = slice_lower(text.ptr[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[used++] = (char)c;
    }
    out[used] = '\0';
    return used;
}

static bool is_accepted(const struct hint_subject *subject, const struct expression *expression)
{
    return expression->revisions >> subject->revision->id & 1;
}

bool hint_choice_label(const struct hint_subject *subject)
{
    char said[48], label[48];
    size_t count;
    const struct expression *table = expression_table(&count);
    if (!word_of(said, choice_of(subject)))
        return false;
    for (size_t i = 0; i < count; i++) {
        word_of(label, slice_of(table[i].label));
        if (is_accepted(subject, &table[i]) && strcmp(said, label) == 0)
            return hint_say(subject, "%s is number %d", table[i].label, table[i].number);
    }
    return false;
}

/* Without blanks and quotes around it, a plus, leading zeros, and ".0" behind it. */
static struct slice undressed(struct slice text)
{
    static const char around[] = " \t\r\n\"'";
    while (text.len && strchr(around, text.ptr[0]) && text.ptr[0])
        text = slice_make(text.ptr + 1, text.len - 1);
    while (text.len && strchr(around, text.ptr[text.len - 1]) && text.ptr[text.len - 1])
        text.len--;
    while (text.len > 1 && (text.ptr[0] == '+' || text.ptr[0] == '0'))
        text = slice_make(text.ptr + 1, text.len - 1);
    const char *point = text.len ? memchr(text.ptr, '.', text.len) : NULL;
    if (!point)
        return text;
    for (const char *at = point + 1; at < text.ptr + text.len; at++)
        if (*at != '0')
            return text;
    return slice_make(text.ptr, (size_t)(point - text.ptr));
}

bool hint_choice_dressed(const struct hint_subject *subject)
{
    uint64_t number;
    return decimal_read(&number, undressed(choice_of(subject)), 6) &&
           expression_find((int)number, subject->revision) &&
           hint_say(subject,
                    "send the digits %d alone, without blanks, quotes, sign, zeros or point",
                    (int)number);
}

bool hint_choice_list(const struct hint_subject *subject)
{
    const struct slice text = choice_of(subject);
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789,; []\"", text.ptr[i]) || !text.ptr[i])
            return false;
    return text.len &&
           (memchr(text.ptr, ',', text.len) || memchr(text.ptr, ';', text.len) ||
            text.ptr[0] == '[') &&
           hint_say(subject, "one call makes one expression: send one number, without brackets");
}

/* Revisions are bits, the oldest first. */
static enum revision_id first_after(unsigned revisions, enum revision_id from, bool accepted)
{
    while (from < REVISION_COUNT && (bool)(revisions >> from & 1) != accepted)
        from++;
    return from;
}

static const struct expression *find_elsewhere(const struct hint_subject *subject, bool older)
{
    size_t count;
    const unsigned before = (1U << subject->revision->id) - 1;
    const struct expression *table = expression_table(&count);
    for (size_t i = 0; subject->request->choice && i < count; i++)
        if (table[i].number == subject->request->choice_number &&
            table[i].revisions & (older ? before : ~before))
            return &table[i];
    return NULL;
}

bool hint_choice_older(const struct hint_subject *subject)
{
    const struct expression *was = find_elsewhere(subject, true);
    if (!was)
        return false;
    const enum revision_id begin = first_after(was->revisions, 0, true);
    const enum revision_id end = first_after(was->revisions, begin, false);
    return hint_say(subject, "%d was %s until revision %s", was->number, was->label,
                    revision_info(end)->name);
}

bool hint_choice_newer(const struct hint_subject *subject)
{
    const struct expression *becomes = find_elsewhere(subject, false);
    return becomes &&
           hint_say(subject, "%d is %s since revision %s; this mock is at %s", becomes->number,
                    becomes->label, revision_info(first_after(becomes->revisions, 0, true))->name,
                    subject->revision->name);
}

/* Pictures */

bool hint_image_over(const struct hint_subject *subject)
{
    const size_t over = image_of(subject).len - (size_t)LIMIT_IMAGE_BYTES_MAX;
    return over <= (size_t)LIMIT_IMAGE_BYTES_MAX / 100 &&
           hint_say(subject, "%zu byte%s too many", over, over == 1 ? "" : "s");
}

bool hint_side_over(const struct hint_subject *subject)
{
    const struct image_facts *facts = &subject->request->facts;
    const uint32_t longest = facts->width > facts->height ? facts->width : facts->height;
    return longest == LIMIT_IMAGE_SIDE_MAX + 1 &&
           hint_say(subject, "%" PRIu32 " px is one too many: each side must be less", longest);
}

bool hint_image_data_url(const struct hint_subject *subject)
{
    return hint_begins_nocase(image_of(subject), "data:") &&
           hint_say(subject, "a data: URL came; send the bytes of the file");
}

bool hint_image_base64(const struct hint_subject *subject)
{
    const struct slice image = image_of(subject);
    return (hint_begins(image, "/9j/") || hint_begins(image, "iVBORw0KGgo")) &&
           hint_say(subject, "Base64 came; send the bytes of the file");
}

bool hint_image_link(const struct hint_subject *subject)
{
    const struct slice image = image_of(subject);
    return (hint_begins_nocase(image, "http://") || hint_begins_nocase(image, "https://")) &&
           hint_say(subject, "a URL came; this API takes the bytes of the file");
}

static bool ends_like_a_picture(struct slice text)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        const size_t len = strlen(ends[i]);
        if (text.len > len &&
            slice_equal_nocase(slice_make(text.ptr + text.len - len, len), slice_of(ends[i])))
            return true;
    }
    return false;
}

bool hint_image_path(const struct hint_subject *subject)
{
    struct slice image = image_of(subject);
    while (image.len && memchr("\r\n ", image.ptr[image.len - 1], 3))
        image.len--;
    if (!image.len || image.len > 1024 || memchr(image.ptr, '\n', image.len) ||
        !(ends_like_a_picture(image) || hint_begins(image, "@")))
        return false;
    return hint_say(subject, "the path of a file came; send its bytes (curl: --form "
                             "image_target=@FILE)");
}

bool hint_image_object(const struct hint_subject *subject)
{
    return hint_is_no_value(image_of(subject)) &&
           hint_say(subject, "that is the text of an object or of no value; send the bytes of the "
                             "file");
}

/* The first bytes of a JPEG or PNG after a decoder of text, or a change of line ends, has had them.
 */
bool hint_image_as_text(const struct hint_subject *subject)
{
    static const char *const beginnings[] = {
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", /* JPEG read as UTF-8 */
        "\xc3\xbf\xc3\x98\xc3\xbf",             /* JPEG read as Latin-1 */
        "\xef\xbf\xbdPNG",
        "\xc2\x89PNG",
        "\x89PNG\n",
        "\x89PNG\r\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (hint_begins(image_of(subject), beginnings[i]))
            return hint_say(subject, "the picture was read or sent as text, which changes its "
                                     "bytes; open the file in binary mode");
    return false;
}
