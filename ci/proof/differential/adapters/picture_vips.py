"""Pictures as libvips decodes them (sharp and imgproxy stand on it), with every warning an error."""
import ctypes
import ctypes.util

from records import answer_all

name = ctypes.util.find_library("vips")
if not name:
    raise SystemExit("libvips is not installed")
vips = ctypes.CDLL(name)
if vips.vips_init(b"differential"):
    raise SystemExit("libvips does not start")
vips.vips_cache_set_max(0)  # its cache knows a buffer by its address, which the next picture has, too
vips.vips_concurrency_set(1)
vips.vips_image_new_from_buffer.restype = ctypes.c_void_p
vips.vips_error_buffer.restype = ctypes.c_char_p
vips.vips_image_get_width.argtypes = vips.vips_image_get_height.argtypes = [ctypes.c_void_p]
FAIL_ON_WARNING = 3


def decode(picture):
    average = ctypes.c_double()
    return vips.vips_avg(ctypes.c_void_p(picture), ctypes.byref(average), None) == 0


def read(record):
    vips.vips_error_clear()
    picture = vips.vips_image_new_from_buffer(
        record, ctypes.c_size_t(len(record)), b"", b"fail_on", FAIL_ON_WARNING, None
    )
    if not picture:
        return {"refused": vips.vips_error_buffer().decode("utf-8", "replace").strip()}
    try:
        width, height = vips.vips_image_get_width(picture), vips.vips_image_get_height(picture)
        if width * height > 4096 * 4096:
            return {"skipped": "large"}
        if not decode(picture):
            return {"refused": vips.vips_error_buffer().decode("utf-8", "replace").strip()}
        return {"width": width, "height": height}
    finally:
        vips.g_object_unref(ctypes.c_void_p(picture))


answer_all(read)
