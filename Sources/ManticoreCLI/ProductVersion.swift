/// The version that the command says it is.
enum ProductVersion {
    static let text = "0.1.0"
}
