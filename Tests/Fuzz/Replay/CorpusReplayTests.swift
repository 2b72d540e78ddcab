import ManticoreTesting
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Every input of the corpus, and every seed, through its target: what the fuzzer has found once stays found.
///
/// One after the other, since a target may have a file that it writes each input into.
@Suite(.serialized, .ownThread) struct CorpusReplayTests {
    /// `Tests/Fuzz/Corpus`, beside this file's folder.
    private static let corpus = String(
        #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Corpus")

    /// Somebody who may run the tests may not be able to read the folder that they were built in.
    private static var isReadable: Bool { FileManager.default.isReadableFile(atPath: corpus) }

    @Test(arguments: fuzzTargets.map { $0.name })
    func seeds(of name: String) throws {
        let target = try #require(fuzzTargets.first { $0.name == name })
        #expect(!target.seeds.isEmpty)
        for seed in target.seeds { run(target, seed, "a seed") }
    }

    @Test(.enabled(if: isReadable, "the folder of the corpus cannot be read"), arguments: fuzzTargets.map { $0.name })
    func corpus(of name: String) throws {
        let target = try #require(fuzzTargets.first { $0.name == name })
        let folder = Self.corpus + "/" + name
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(!files.isEmpty)
        for file in files {
            let data = try #require(FileManager.default.contents(atPath: folder + "/" + file))
            run(target, [UInt8](data), "Corpus/\(name)/\(file)")
        }
    }

    @Test(.enabled(if: isReadable, "the folder of the corpus cannot be read"))
    func noCorpusIsLeftOver() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
        #expect(folders.sorted() == fuzzTargets.map { $0.name }.sorted())
    }

    private func run(_ target: any FuzzTarget.Type, _ input: [UInt8], _ what: String) {
        do {
            try target.run(input)
        } catch {
            Issue.record("\(target.name), \(what): \(error)")
        }
    }
}
