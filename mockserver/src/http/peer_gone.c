/* Asks the kernel about one socket by its two addresses (netlink, SOCK_DIAG). Containers may forbid
 * that, and the client's socket may be in another network namespace or on another machine: then
 * the kernel has no answer, and the client counts as there. */
#include "http/peer_gone.h"
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct question {
    struct nlmsghdr head;
    struct inet_diag_req_v2 about;
};

struct reply {
    struct nlmsghdr head;
    struct inet_diag_msg about;
    char rest[256]; /* attributes, which nothing here reads */
};

/* An address and its port, as both families have them. */
static bool take_end(__be32 address[4], __be16 *port, const struct sockaddr_storage *end)
{
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)end;
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)end;
    if (end->ss_family == AF_INET) {
        memcpy(address, &ipv4->sin_addr, sizeof ipv4->sin_addr);
        *port = ipv4->sin_port;
    } else if (end->ss_family == AF_INET6) {
        memcpy(address, &ipv6->sin6_addr, sizeof ipv6->sin6_addr);
        *port = ipv6->sin6_port;
    }
    return end->ss_family == AF_INET || end->ss_family == AF_INET6;
}

/* The other end's socket: its own address is our peer's. False for a socket without IP. */
static bool describe_peer(struct inet_diag_req_v2 *out, int fd)
{
    struct sockaddr_storage ours = {0}, theirs = {0};
    socklen_t ours_size = sizeof ours, theirs_size = sizeof theirs;
    *out = (struct inet_diag_req_v2){
        .sdiag_protocol = IPPROTO_TCP,
        .idiag_states = ~0u,
        .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
    };
    if (getsockname(fd, (struct sockaddr *)&ours, &ours_size) != 0 ||
        getpeername(fd, (struct sockaddr *)&theirs, &theirs_size) != 0)
        return false;
    out->sdiag_family = (__u8)ours.ss_family;
    return take_end(out->id.idiag_src, &out->id.idiag_sport, &theirs) &&
           take_end(out->id.idiag_dst, &out->id.idiag_dport, &ours);
}

/* The kernel answers within the call that asks. */
static bool ask(struct reply *out, int netlink, const struct question *question)
{
    if (send(netlink, question, sizeof *question, 0) != (ssize_t)sizeof *question)
        return false;
    ssize_t got = recv(netlink, out, sizeof *out, MSG_DONTWAIT);
    return got >= (ssize_t)(sizeof out->head + sizeof out->about) &&
           out->head.nlmsg_type == SOCK_DIAG_BY_FAMILY;
}

/* A socket that no process holds has no inode. Its end was sent, or the kernel is about to. */
static bool is_orphan(const struct inet_diag_msg *socket)
{
    switch (socket->idiag_state) {
    case TCP_FIN_WAIT1:
    case TCP_FIN_WAIT2:
    case TCP_CLOSING:
    case TCP_TIME_WAIT:
        return socket->idiag_inode == 0;
    default:
        return false;
    }
}

bool peer_is_gone(int fd)
{
    struct reply reply;
    struct question question = {
        .head = {.nlmsg_len = sizeof question,
                 .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                 .nlmsg_flags = NLM_F_REQUEST},
    };
    if (!describe_peer(&question.about, fd))
        return false;
    int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0)
        return false;
    bool gone = ask(&reply, netlink, &question) && is_orphan(&reply.about);
    close(netlink);
    return gone;
}
