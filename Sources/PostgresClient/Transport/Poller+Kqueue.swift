#if canImport(Darwin)
    import Darwin

    /// The kernel's event queue, here kqueue.
    ///
    /// Reading is registered once and edge-triggered (`EV_CLEAR`); writing anew for each wait that needs it.
    struct Poller: Sendable {
        struct Event {
            let token: UInt64
            let ready: Interest
        }

        private static let capacity = 64

        private let queue: Int32
        let failure: SystemError?

        init() {
            queue = kqueue()
            guard queue >= 0 else {
                failure = .current
                return
            }
            _ = fcntl(queue, F_SETFD, FD_CLOEXEC)
            var change = unsafe kevent(
                ident: 0, filter: Int16(EVFILT_USER), flags: UInt16(EV_ADD | EV_CLEAR), fflags: 0, data: 0, udata: nil)
            failure = unsafe kevent(queue, &change, 1, nil, 0, nil) == 0 ? nil : .current
        }

        func add(_ registration: Reactor.Registration) throws(PostgresError) {
            try change(registration, Int16(EVFILT_READ), UInt16(EV_ADD | EV_CLEAR))
        }

        /// Makes sure that the directions of a wait are reported.
        ///
        /// - Parameter isMuted: Whether ``mute(_:)`` was called since.
        func watch(
            _ registration: Reactor.Registration, _ interest: Interest, isMuted: Bool
        ) throws(PostgresError) {
            if isMuted { try change(registration, Int16(EVFILT_READ), UInt16(EV_ENABLE)) }
            guard interest.contains(.writable) else { return }
            try change(registration, Int16(EVFILT_WRITE), UInt16(EV_ADD | EV_ONESHOT))
        }

        /// Reports nothing of it until it is watched again.
        func mute(_ registration: Reactor.Registration) {
            try? change(registration, Int16(EVFILT_READ), UInt16(EV_DISABLE))
        }

        func remove(_ registration: Reactor.Registration) {
            try? change(registration, Int16(EVFILT_READ), UInt16(EV_DELETE))
            try? change(registration, Int16(EVFILT_WRITE), UInt16(EV_DELETE))
        }

        private func change(
            _ registration: Reactor.Registration, _ filter: Int16, _ flags: UInt16
        ) throws(PostgresError) {
            guard let descriptor = registration.descriptor else { return }
            var change = unsafe kevent(
                ident: UInt(descriptor), filter: filter, flags: flags, fflags: 0, data: 0,
                udata: UnsafeMutableRawPointer(bitPattern: UInt(registration.token)))
            guard unsafe kevent(queue, &change, 1, nil, 0, nil) == 0 else {
                throw PostgresError(.connectionFailed, "the socket cannot be watched: \(SystemError.current)")
            }
        }

        func wake() {
            var change = unsafe kevent(
                ident: 0, filter: Int16(EVFILT_USER), flags: 0, fflags: UInt32(NOTE_TRIGGER), data: 0, udata: nil)
            _ = unsafe kevent(queue, &change, 1, nil, 0, nil)
        }

        /// Sleeps until something is ready, woken or `timeout` milliseconds have passed (-1: without end).
        func wait(_ timeout: Int32, into ready: inout [Event]) {
            ready.removeAll(keepingCapacity: true)
            unsafe withUnsafeTemporaryAllocation(of: kevent.self, capacity: Poller.capacity) { buffer in
                var limit = timespec(tv_sec: Int(timeout) / 1000, tv_nsec: Int(timeout) % 1000 * 1_000_000)
                let count =
                    timeout < 0
                    ? unsafe kevent(queue, nil, 0, buffer.baseAddress, Int32(Poller.capacity), nil)
                    : unsafe kevent(queue, nil, 0, buffer.baseAddress, Int32(Poller.capacity), &limit)
                guard count > 0 else { return }
                for index in 0..<Int(count) {
                    let event = unsafe buffer[index]
                    guard event.filter != Int16(EVFILT_USER) else { continue }
                    let ended = event.flags & UInt16(EV_EOF) != 0
                    var interest: Interest = event.filter == Int16(EVFILT_WRITE) ? [.writable] : [.readable]
                    if ended { interest = [.readable, .writable] }
                    ready.append(Event(token: unsafe UInt64(UInt(bitPattern: event.udata)), ready: interest))
                }
            }
        }
    }
#endif
