import Manticore

/// One workload in its faces, over a connection that is open and on which nothing else runs.
protocol Workload: SendableMetatype {
    /// What the command line calls it; several where only the transport differs.
    static var names: [String] { get }

    static var faces: [Face] { get }

    /// Units in one round; the units asked for are a multiple of it.
    static var round: Int { get }

    /// The table that it writes: emptied before what is measured, and what is in it then proves that it was written.
    static var written: SQL? { get }

    /// Runs at least so many units, and returns how many they were.
    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int

    /// The async form of the method above.
    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int
}

extension Workload {
    static var faces: [Face] { [.blocking, .async] }
    static var written: SQL? { nil }
}

/// Every workload is one file in `Workloads/`, named here.
let allWorkloads: [any Workload.Type] = [
    EchoInteger.self,
    CatalogRows.self,
    WholeSeries.self,
    StreamedSeries.self,
    ByteStrings.self,
    IntegerArrays.self,
    DecodedRows.self,
    CopiedTable.self,
    PipelinedInserts.self,
    PipelinedEchoes.self,
    PipelinedNumbers.self,
    CopiedRowsIn.self,
    CopiedRowsOut.self,
    Connecting.self,
    ManyConnections.self,
]
