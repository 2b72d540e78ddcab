import Foundation
import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// What is left after five hundred streams, COPYs and pipelines that broke somewhere in the middle: nothing.
struct FaultResidueTests {
    /// In a process of its own, in which nothing else happens: its memory and its descriptors are counted.
    @Test(.ownThread) func nothingIsLeftOfFiveHundredFaults() async throws {
        let url = try TestServer.server.url
        let seed = ProcessInfo.processInfo.environment["MANTICORE_FAULT_SEED"].flatMap { UInt64($0) }
        let chosen = seed ?? UInt64.random(in: .min ... .max)
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            [url = url as String, chosen = chosen as UInt64] in
            try await FaultResidue(url, seed: chosen).run(500)
        }
        let said = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(said.contains("500 faults"), "seed \(chosen): \(said)")
    }
}
