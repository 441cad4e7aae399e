/// One reply of the server, as far as it matters here.
enum RedisReply: Hashable {
    /// `+OK`
    case ok
    case status(String)
    case error(String)
    case integer(Int64)
    case text([UInt8])
    case null
    /// An array; its elements are not kept.
    case array
}
