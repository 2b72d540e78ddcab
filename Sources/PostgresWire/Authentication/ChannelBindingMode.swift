/// Whether SCRAM is tied to the TLS channel, by the words of the setting `channel_binding`.
///
/// Source: PostgreSQL manual, "Parameter Key Words", `channel_binding`.
public enum ChannelBindingMode: String, Hashable, Sendable {
    /// Never.
    case disable
    /// Whenever both sides can.
    case prefer
    /// Always: whatever else a server asks for or accepts is refused.
    case require
}
