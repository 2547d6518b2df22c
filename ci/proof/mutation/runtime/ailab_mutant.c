/* Reads, before main(), which mutant lives and where to note those that a test reaches:
 *
 *   AILAB_MUTANT=NUMBER           this mutant lives
 *   AILAB_MUTANTS_REACHED=FILE    a byte a mutant is set; mapped, so that it outlives a kill
 *
 * A process whose environment was cleared asks its ancestors. One that finds no answer there
 * leaves its name in the folder AILAB_MUTANTS_DEAF, so that ci/mutate can count them. */
#include "ailab_mutant.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_SIZE 131072

unsigned ailab_mutant;
unsigned char *ailab_mutants_reached;

/* The size of what was read of /proc/PID/NAME; a NUL stands behind it. */
static size_t read_of(int pid, const char *name, char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    for (ssize_t count; fd >= 0 && size < TEXT_SIZE - 1; size += (size_t)count)
        if ((count = read(fd, text + size, TEXT_SIZE - 1 - size)) <= 0)
            break;
    if (fd >= 0)
        close(fd);
    text[size] = '\0';
    return size;
}

static const char *find(const char *text, size_t size, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = text; at < text + size; at += strlen(at) + 1)
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at + length + 1;
    return NULL;
}

/* The parent of pid: the second field behind the name, which stands in parentheses. */
static int parent_of(int pid, char *text)
{
    read_of(pid, "stat", text);
    const char *end = strrchr(text, ')');
    int parent = 0;
    return end && sscanf(end, ") %*c %d", &parent) == 1 ? parent : 0;
}

static void reach(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat info;
    if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (bytes != MAP_FAILED)
            ailab_mutants_reached = bytes;
    }
    if (fd >= 0)
        close(fd);
}

static void tell_deaf(void)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", AILAB_MUTANTS_DEAF, program_invocation_short_name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0)
        close(fd);
}

__attribute__((constructor)) static void hear(void)
{
    static char text[TEXT_SIZE];
    int before = errno;
    const char *number = getenv("AILAB_MUTANT"), *path = getenv("AILAB_MUTANTS_REACHED");
    for (int pid = getppid(); !number && !path && pid > 1;) {
        size_t size = read_of(pid, "environ", text);
        number = find(text, size, "AILAB_MUTANT");
        path = find(text, size, "AILAB_MUTANTS_REACHED");
        if (!number && !path)
            pid = parent_of(pid, text);
    }
    if (number)
        ailab_mutant = (unsigned)strtoul(number, NULL, 10);
    if (path)
        reach(path);
    if (!number && !path)
        tell_deaf();
    errno = before;
}
