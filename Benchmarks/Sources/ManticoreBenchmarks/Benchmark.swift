/// `manticore-benchmarks WORKLOAD FACE CONNSTRING UNITS`: warms up, measures, prints one line of JSON.
///
/// `manticore-benchmarks --list` prints what it offers, a workload and a face per line. `Benchmarks/README.md` defines
/// the protocol.
@main
enum Benchmark {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments == ["--list"] {
            for workload in allWorkloads {
                for name in workload.names {
                    for face in workload.faces { print(name, face.rawValue) }
                }
            }
            return
        }
        do {
            let invocation = try Invocation(arguments)
            let measurement =
                switch invocation.face {
                case .blocking, .cached, .prebuilt: try invocation.measureBlocking()
                case .async: try await invocation.measureAsync()
                }
            print(measurement.line(for: invocation))
        } catch let error as Invocation.Mistake {
            end(error.status, error.message)
        } catch {
            end(1, "\(error)")
        }
    }
}
