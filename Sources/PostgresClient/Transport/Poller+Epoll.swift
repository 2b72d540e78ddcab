#if os(Linux) || os(Android)
    import CSockets
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// The kernel's event queue, here epoll.
    ///
    /// Descriptors are registered once and edge-triggered, so that a wait costs no system call of its own; only a wait for
    /// room to write changes the registration, since a Unix socket reports room after every message that its peer reads,
    /// and so does one who waits elsewhere from now on.
    struct Poller: Sendable {
        struct Event {
            let token: UInt64
            let ready: Interest
        }

        private static let wakeToken: UInt64 = 0
        private static let capacity = 64

        private let queue: Int32
        private let wakeUp: Int32
        let failure: SystemError?

        init() {
            queue = epoll_create1(Int32(EPOLL_CLOEXEC))
            wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            guard queue >= 0, wakeUp >= 0 else {
                failure = .current
                return
            }
            let result = manticore_epoll_control(queue, EPOLL_CTL_ADD, wakeUp, EPOLLIN.rawValue, Poller.wakeToken)
            failure = result == 0 ? nil : .current
        }

        func add(_ registration: Reactor.Registration) throws(PostgresError) {
            try control(EPOLL_CTL_ADD, registration, [.readable])
        }

        /// Makes sure that the directions of a wait are reported.
        ///
        /// - Parameter isMuted: Whether ``mute(_:)`` was called since.
        func watch(
            _ registration: Reactor.Registration, _ interest: Interest, isMuted: Bool
        ) throws(PostgresError) {
            guard isMuted || interest.contains(.writable) else { return }
            // Modifying re-arms the edge: what is ready already is reported at once.
            try control(EPOLL_CTL_MOD, registration, interest.union(.readable))
        }

        /// Reports nothing of it until it is watched again.
        func mute(_ registration: Reactor.Registration) {
            guard let descriptor = registration.descriptor else { return }
            _ = manticore_epoll_control(queue, EPOLL_CTL_MOD, descriptor, manticore_EPOLLET(), registration.token)
        }

        func remove(_ registration: Reactor.Registration) {
            guard let descriptor = registration.descriptor else { return }
            _ = manticore_epoll_control(queue, EPOLL_CTL_DEL, descriptor, 0, 0)
        }

        private func control(
            _ command: Int32, _ registration: Reactor.Registration, _ interest: Interest
        ) throws(PostgresError) {
            var events = manticore_EPOLLET() | EPOLLRDHUP.rawValue | EPOLLIN.rawValue
            if interest.contains(.writable) { events |= EPOLLOUT.rawValue }
            guard let descriptor = registration.descriptor,
                manticore_epoll_control(queue, command, descriptor, events, registration.token) == 0
            else {
                throw PostgresError(.connectionFailed, "the socket cannot be watched: \(SystemError.current)")
            }
        }

        func wake() {
            var one: UInt64 = 1
            _ = unsafe write(wakeUp, &one, MemoryLayout<UInt64>.size)
        }

        /// Sleeps until something is ready, woken or `timeout` milliseconds have passed (-1: without end).
        func wait(_ timeout: Int32, into ready: inout [Event]) {
            ready.removeAll(keepingCapacity: true)
            unsafe withUnsafeTemporaryAllocation(of: manticore_event.self, capacity: Poller.capacity) { buffer in
                let count = unsafe manticore_epoll_wait(queue, buffer.baseAddress, Int32(Poller.capacity), timeout)
                guard count > 0 else { return }
                for index in 0..<Int(count) {
                    let event = unsafe buffer[index]
                    if event.token == Poller.wakeToken {
                        var value: UInt64 = 0
                        _ = unsafe read(wakeUp, &value, MemoryLayout<UInt64>.size)
                        continue
                    }
                    var interest: Interest = []
                    // Errors and hang-ups wake both directions: the next send or receive says what happened.
                    let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
                    if event.events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | broken) != 0 {
                        interest.insert(.readable)
                    }
                    if event.events & (EPOLLOUT.rawValue | broken) != 0 { interest.insert(.writable) }
                    ready.append(Event(token: event.token, ready: interest))
                }
            }
        }
    }
#endif
