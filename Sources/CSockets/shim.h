// The socket calls that Swift's C library module leaves out.
#ifndef MANTICORE_CSOCKETS_SHIM_H
#define MANTICORE_CSOCKETS_SHIM_H

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>

// epoll's event holds a union, which Swift can use only unsafely; this one says the same in plain fields.
struct manticore_event {
    uint64_t token;
    uint32_t events;
};

static inline int manticore_epoll_control(int queue, int command, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(queue, command, descriptor, &event);
}

static inline int manticore_epoll_wait(int queue, struct manticore_event *events, int capacity, int timeout) {
    struct epoll_event received[64];
    int count = epoll_wait(queue, received, capacity < 64 ? capacity : 64, timeout);
    for (int index = 0; index < count; index++) {
        events[index].token = received[index].data.u64;
        events[index].events = received[index].events;
    }
    return count;
}

// EPOLLET does not fit a signed enumerator, so Swift does not import it.
static inline uint32_t manticore_EPOLLET(void) { return (uint32_t)EPOLLET; }
#else
#include <sys/event.h>
#endif

#endif
