import RedisProtocol

/// How much is sent at a time.
enum WriteLimits {
    /// The bytes of a batch, after which it is sent though it has room for more entities.
    static let batchBytes = 256 << 10
    /// The bytes that may wait to be written to a connection, or to a file.
    static let outputBytes = 256 << 10
    /// The entities, or keys, that one command of a transaction or of a look at keys is about.
    static let groupCount = 256
    /// The largest value: Redis takes no longer string (`proto-max-bulk-len`, by default), its envelope included.
    static let largestValue = RedisConnection.largestString - 4096
    /// The size from which a value is sent on its own, so that a refusal is about nothing else: servers can be told to take
    /// no larger value, nor a larger query, than 1 MiB.
    static let largeValue = 512 << 10
    /// The size from which a message about a lost connection says that the entity is large.
    static let remarkableEntity = 1 << 20
}
