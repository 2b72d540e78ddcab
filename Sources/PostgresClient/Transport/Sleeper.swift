#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A place where one thread sleeps until another wakes it.
@safe
final class Sleeper: Sendable {
    @safe
    private struct Room {
        var mutex = unsafe pthread_mutex_t()
        var condition = pthread_cond_t()
        var isAwake = false
    }

    // Neither a mutex nor a condition may move; what is in there is read and written with the mutex held.
    private nonisolated(unsafe) let room: UnsafeMutablePointer<Room>

    init() {
        unsafe room = .allocate(capacity: 1)
        unsafe room.initialize(to: Room())
        unsafe pthread_mutex_init(&room.pointee.mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        #if !canImport(Darwin)
            // The other clock is set by people.
            unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        unsafe pthread_cond_init(&room.pointee.condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(&room.pointee.condition)
        unsafe pthread_mutex_destroy(&room.pointee.mutex)
        unsafe room.deinitialize(count: 1)
        unsafe room.deallocate()
    }

    /// Ends the sleep, also one that has yet to begin.
    func wake() {
        unsafe pthread_mutex_lock(&room.pointee.mutex)
        unsafe room.pointee.isAwake = true
        unsafe pthread_cond_signal(&room.pointee.condition)
        unsafe pthread_mutex_unlock(&room.pointee.mutex)
    }

    /// Sleeps on the calling thread until somebody wakes it.
    ///
    /// - Returns: false if the deadline came first.
    func sleep(until deadline: Deadline?) -> Bool {
        unsafe pthread_mutex_lock(&room.pointee.mutex)
        defer { unsafe pthread_mutex_unlock(&room.pointee.mutex) }
        while unsafe !room.pointee.isAwake {
            guard let deadline else {
                unsafe pthread_cond_wait(&room.pointee.condition, &room.pointee.mutex)
                continue
            }
            guard !deadline.hasPassed else { return false }
            sleep(milliseconds: Int(deadline.pollTimeout))
        }
        return true
    }

    /// Sleeps for so long at most, or until it is woken for whatever reason; with the mutex held.
    private func sleep(milliseconds: Int) {
        #if canImport(Darwin)
            var interval = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
            unsafe pthread_cond_timedwait_relative_np(&room.pointee.condition, &room.pointee.mutex, &interval)
        #else
            var end = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &end)
            end.tv_sec += milliseconds / 1000
            end.tv_nsec += milliseconds % 1000 * 1_000_000
            if end.tv_nsec >= 1_000_000_000 {
                end.tv_sec += 1
                end.tv_nsec -= 1_000_000_000
            }
            unsafe pthread_cond_timedwait(&room.pointee.condition, &room.pointee.mutex, &end)
        #endif
    }
}
