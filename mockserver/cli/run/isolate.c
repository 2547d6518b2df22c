/* unshare(), and a loopback device. */
#include "isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static bool write_proc(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t size = (ssize_t)strlen(text);
    const bool written = write(fd, text, (size_t)size) == size;
    const int kept = errno;
    close(fd);
    errno = kept;
    return written;
}

/* False when the file is not there. */
static bool proc_says(const char *path, char value)
{
    char text[2] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool read_one = read(fd, text, 1) == 1;
    close(fd);
    return read_one && text[0] == value;
}

/* The most probable reason, and what would help. */
static const char *advice(void)
{
    if (proc_says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
        return "AppArmor forbids it to users other than root; start it as root, or set sysctl "
               "kernel.apparmor_restrict_unprivileged_userns=0";
    if (proc_says("/proc/sys/user/max_user_namespaces", '0'))
        return "sysctl user.max_user_namespaces is 0; start it as root, or raise it";
    if (proc_says("/proc/sys/kernel/unprivileged_userns_clone", '0'))
        return "sysctl kernel.unprivileged_userns_clone is 0; start it as root, or set it to 1";
    return "a container needs --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt "
           "apparmor=unconfined";
}

static bool refuse(char why[FILE_WHY_SIZE], const char *what)
{
    const char *reason = strerror(errno);
    snprintf(why, FILE_WHY_SIZE,
             "--isolate: the system refused %s: %s; %s. Without --isolate, proxy variables lead "
             "most programs to the mock",
             what, reason, advice());
    return false;
}

/* In the new namespace the user and the group are what they were, and no others exist. */
static bool map_user(uid_t user, gid_t group)
{
    char text[64];
    if (!write_proc("/proc/self/setgroups", "deny"))
        return false;
    snprintf(text, sizeof text, "%u %u 1", (unsigned)group, (unsigned)group);
    if (!write_proc("/proc/self/gid_map", text))
        return false;
    snprintf(text, sizeof text, "%u %u 1", (unsigned)user, (unsigned)user);
    return write_proc("/proc/self/uid_map", text);
}

static bool start_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool done = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags |= IFF_UP;
    done = done && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    const int kept = errno;
    close(fd);
    errno = kept;
    return done;
}

bool isolate_enter(char why[FILE_WHY_SIZE])
{
    const uid_t user = geteuid();
    const gid_t group = getegid();
    /* Root needs no user namespace, in which the files of other users would be out of reach. */
    if (user != 0 || unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
            return refuse(why, "new namespaces");
        if (!map_user(user, group))
            return refuse(why, "a user namespace");
    }
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return refuse(why, "a view of the files of its own");
    return start_loopback() || refuse(why, "a loopback device");
}
