#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the process begins.
@main
enum EntryPoint {
    static func main() async {
        #if Command
            exit(await RootCommand.start(Array(CommandLine.arguments.dropFirst())))
        #else
            Console.complain(
                "manticore was built without its trait Command, which brings its commands; build the package with "
                    + "its default traits")
            exit(ExitStatus.usage.rawValue)
        #endif
    }
}
