"""Pictures as a program judges them that is run for each: djpeg of libjpeg-turbo, or pngcheck. What is
not of its format is not asked, and of the rest one in four, for a process each takes long."""
import re
import subprocess
import sys
import zlib

from records import answer_all


def djpeg(picture):
    if picture[:2] != b"\xff\xd8":
        return {"skipped": "no JPEG"}
    done = subprocess.run(
        ["djpeg", "-pnm", "-fast"], input=picture, capture_output=True, timeout=60, check=False
    )
    if done.returncode:  # 2 is a warning: the picture came, perhaps not all of it
        return {"refused": done.stderr.decode("utf-8", "replace").strip()}
    size = re.match(rb"P[56]\n(\d+) (\d+)\n", done.stdout)
    if not size:
        return {"refused": "djpeg wrote no picture"}
    return {"width": int(size.group(1)), "height": int(size.group(2))}


def pngcheck(picture):
    if picture[:8] != b"\x89PNG\r\n\x1a\n":
        return {"skipped": "no PNG"}
    done = subprocess.run(
        ["pngcheck", "-q", "-v"], input=picture, capture_output=True, timeout=60, check=False
    )
    said = done.stdout.decode("latin-1", "replace")
    size = re.search(r"(\d+) x (\d+) image", said)
    if done.returncode or not size or "ERROR" in said:
        return {"refused": " / ".join(said.split("\n")[-3:]).strip()}
    return {"width": int(size.group(1)), "height": int(size.group(2))}


TOOLS = {"djpeg": djpeg, "pngcheck": pngcheck}
SHARE = 4


def read(picture):
    if zlib.crc32(picture) % SHARE:
        return {"skipped": "one in %d is asked" % SHARE}
    return TOOLS[sys.argv[1]](picture)


subprocess.run([sys.argv[1], "-h"], capture_output=True, check=False)  # fails where there is none
answer_all(read)
