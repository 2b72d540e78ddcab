/// A network, as PostgreSQL's `cidr` holds it: an address without bits after its prefix.
///
/// ```swift
/// let network = PostgresCIDR("192.168.100.128/25")
/// print(network?.prefixLength ?? 0)  // 25
/// ```
///
/// Source: PostgreSQL manual, "Network Address Types"; `src/backend/utils/adt/network.c` (`network_send`).
public struct PostgresCIDR: Hashable, Sendable {
    /// The network's address, whose bits after the prefix are 0.
    public let address: PostgresIPAddress

    /// How many of the first bits name the network, at most 32 or 128.
    public let prefixLength: Int

    /// Makes a network; nil if the prefix is longer than the address or negative, or if bits after it are set.
    public init?(_ address: PostgresIPAddress, prefixLength: Int) {
        guard (0...address.bitWidth).contains(prefixLength), address.network(prefixLength) == address
        else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The network that the host is in.
    public init(_ host: PostgresInet) {
        address = host.address.network(host.prefixLength)
        prefixLength = host.prefixLength
    }

    /// Whether the address is in the network.
    public func contains(_ address: PostgresIPAddress) -> Bool {
        address.bitWidth == self.address.bitWidth && address.network(prefixLength) == self.address
    }
}

extension PostgresCIDR: PostgresScalar {
    public static var postgresType: PostgresOID { .cidr }

    /// The address and its prefix, always with both: `192.168.100.128/25`, `192.0.2.1/32`.
    public var description: String { "\(address)/\(prefixLength)" }

    /// Reads ``description``'s format, or an address alone; nil for any other text.
    public init?(utf8: [UInt8]) {
        guard let host = PostgresInet(utf8: utf8) else { return nil }
        self.init(host.address, prefixLength: host.prefixLength)
    }

    /// - Throws: ``WireError/invalidValue`` for an unknown family and for bits after the prefix,
    ///   ``WireError/invalidLength`` for a prefix or an address of a length that the family does not have.
    public init(binary reader: inout WireReader) throws(WireError) {
        let host = try PostgresInet(binary: &reader)
        guard let network = PostgresCIDR(host.address, prefixLength: host.prefixLength) else { throw .invalidValue }
        self = network
    }

    public func encode(into writer: inout WireWriter) {
        PostgresInet(self).encode(isNetwork: true, into: &writer)
    }
}
