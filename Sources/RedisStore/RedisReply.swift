/// One reply of the server (RESP2).
enum RedisReply: Hashable, Sendable {
    /// `+OK`
    case ok
    case status(String)
    case error(String)
    case text([UInt8])
    case integer(Int)
    case null
    /// The elements of an array that are no arrays themselves.
    case array(ReplyList)
}
