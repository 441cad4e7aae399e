/// One reply of the server, as far as it matters here.
enum RedisReply: Hashable {
    /// `+OK`
    case ok
    case status(String)
    case error(String)
    case text([UInt8])
    /// An integer, a null or an array, which nothing here asks for.
    case other
}
