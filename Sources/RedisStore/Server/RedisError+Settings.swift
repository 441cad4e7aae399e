package import RedisProtocol

extension RedisError.Setting {
    /// Whether `INFO` is asked for: ``RedisOptions/checksServer``.
    package static let serverCheck = Self("checksServer")
    /// Whether a server is used that may evict keys: ``RedisOptions/allowsEviction``.
    package static let eviction = Self("allowsEviction")
    /// Whether the server's memory is ignored: ``RedisOptions/ignoresMemory``.
    package static let memory = Self("ignoresMemory")
}
