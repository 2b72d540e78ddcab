// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "manticore-benchmarks",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "manticore-benchmarks", targets: ["manticore-benchmarks"])
    ],
    dependencies: [
        .package(name: "manticore", path: "..", traits: [])
    ],
    targets: [
        .executableTarget(
            name: "manticore-benchmarks",
            dependencies: [.product(name: "Manticore", package: "manticore")],
            path: "Sources/ManticoreBenchmarks",
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
