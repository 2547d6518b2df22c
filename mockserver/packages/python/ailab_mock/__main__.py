"""`ailab-mock` and `python -m ailab_mock`: this process becomes the program of the package."""
import os
import sys

from ailab_mock import MockError, program


def main():
    try:
        path = program()
    except MockError as error:
        sys.exit(f"ailab-mock: {error}")
    os.execv(path, [path, *sys.argv[1:]])


if __name__ == "__main__":
    main()
