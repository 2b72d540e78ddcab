// swift-tools-version: 6.2
import PackageDescription

// Built by the script `fuzz` beside this file; the package above compiles the same targets into its tests.
let package = Package(
    name: "manticore-fuzz",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "manticore", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "FuzzTargets",
            dependencies: [
                .product(name: "PostgresWire", package: "manticore"),
                .product(name: "PostgresClient", package: "manticore"),
            ],
            path: ".",
            exclude: ["Corpus", "Replay", "fuzz"],
            sources: ["Targets", "Fuzzer"],
            swiftSettings: [
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
