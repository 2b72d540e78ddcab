import Manticore

/// One workload in both faces, over a connection that is open and on which nothing else runs.
protocol Workload: SendableMetatype {
    /// What the command line calls it; several where only the transport differs.
    static var names: [String] { get }

    /// Units in one round; the units asked for are a multiple of it.
    static var round: Int { get }

    static func runBlocking(on connection: Connection, units: Int, checksum: inout Checksum) throws

    static func runAsync(on connection: Connection, units: Int, checksum: inout Checksum) async throws
}

/// Every workload is one file in `Workloads/`, named here.
let allWorkloads: [any Workload.Type] = [
    EchoInteger.self,
    StreamedSeries.self,
    DecodedRows.self,
]
