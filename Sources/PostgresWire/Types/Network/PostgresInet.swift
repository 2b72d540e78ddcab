/// The address of a host and the length of its network's prefix, as PostgreSQL's `inet` holds them.
///
/// ```swift
/// let host = PostgresInet("192.168.100.128/25")
/// print(host?.prefixLength ?? 0)  // 25
/// ```
///
/// Reads `cidr` too; ``PostgresCIDR`` is that type's own.
///
/// Source: PostgreSQL manual, "Network Address Types"; `src/backend/utils/adt/network.c` (`network_send`).
public struct PostgresInet: Hashable, Sendable {
    /// The address of the host, all of its bits.
    public let address: PostgresIPAddress

    /// How many of the first bits name the network, at most 32 or 128; all of them for a host alone.
    public let prefixLength: Int

    /// Makes an address in a network; nil if the prefix is longer than the address, or negative.
    public init?(_ address: PostgresIPAddress, prefixLength: Int) {
        guard (0...address.bitWidth).contains(prefixLength) else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Makes the address of a host, without a network.
    public init(_ address: PostgresIPAddress) {
        self.address = address
        prefixLength = address.bitWidth
    }

    /// The network that the address is in.
    public init(_ network: PostgresCIDR) {
        address = network.address
        prefixLength = network.prefixLength
    }
}

extension PostgresInet: PostgresScalar {
    public static var postgresType: PostgresOID { .inet }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .inet || type == .cidr
    }

    /// The address, and its prefix unless that is all of it: `192.168.100.128/25`, `192.0.2.1`.
    public var description: String {
        prefixLength == address.bitWidth ? address.description : "\(address)/\(prefixLength)"
    }

    /// Reads ``description``'s format, the prefix given or not; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let address = text.address() else { return nil }
        if text.isAtEnd {
            self.init(address)
        } else {
            guard let length = text.prefixLength(of: address), text.isAtEnd else { return nil }
            self.init(address, prefixLength: length)
        }
    }

    /// - Throws: ``WireError/invalidValue`` for an unknown family, ``WireError/invalidLength`` for a prefix or an
    ///   address of a length that the family does not have.
    public init(binary reader: inout WireReader) throws(WireError) {
        let family = try reader.readUInt8()
        let prefixLength = Int(try reader.readUInt8())
        // Whether it is a network is told by the type.
        _ = try reader.readUInt8()
        let count = Int(try reader.readUInt8())
        guard family == Self.version4 || family == Self.version6 else { throw .invalidValue }
        guard count == (family == Self.version4 ? 4 : 16) else { throw .invalidLength }
        guard let address = PostgresIPAddress(bytes: try reader.readBytes(count)),
            let host = PostgresInet(address, prefixLength: prefixLength)
        else { throw .invalidLength }
        self = host
    }

    public func encode(into writer: inout WireWriter) {
        encode(isNetwork: false, into: &writer)
    }

    func encode(isNetwork: Bool, into writer: inout WireWriter) {
        let bytes = address.bytes
        writer.write(bytes.count == 4 ? Self.version4 : Self.version6)
        writer.write(UInt8(truncatingIfNeeded: prefixLength))
        writer.write(isNetwork ? 1 : 0 as UInt8)
        writer.write(UInt8(truncatingIfNeeded: bytes.count))
        writer.write(bytes: bytes)
    }

    // The server's own numbers, the same on every system.
    private static let version4: UInt8 = 2
    private static let version6: UInt8 = 3
}
