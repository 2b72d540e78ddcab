import CSockets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Socket {
    /// The number of the system user who listens at the other end of a Unix socket.
    ///
    /// Source: unix(7), SO_PEERCRED; getpeereid(3).
    func peerUserID() throws(SystemError) -> uid_t {
        #if canImport(Darwin)
            var user = uid_t()
            var group = gid_t()
            guard unsafe getpeereid(descriptor.number, &user, &group) == 0 else { throw .current }
            return user
        #else
            // struct ucred: process, user, group.
            var credentials: [UInt32] = [0, 0, 0]
            var length = socklen_t(credentials.count * MemoryLayout<UInt32>.size)
            guard unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else {
                throw .current
            }
            return credentials[1]
        #endif
    }

    /// The name of a system user; nil for a number without a name. The user database may be slow to answer.
    static func name(of user: uid_t) -> String? {
        var size = 1024
        while size <= 1 << 20 {
            var status: Int32 = 0
            let name = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer -> String? in
                guard let base = buffer.baseAddress else { return nil }
                var entry = unsafe passwd()
                var found: UnsafeMutablePointer<passwd>?
                unsafe status = getpwuid_r(user, &entry, base, buffer.count, &found)
                guard status == 0, unsafe found != nil, let name = unsafe entry.pw_name else { return nil }
                return unsafe String(cString: name)
            }
            guard status == ERANGE else { return name }
            size *= 4
        }
        return nil
    }
}
