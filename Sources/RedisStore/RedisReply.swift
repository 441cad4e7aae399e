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

    /// The number that it is.
    ///
    /// - Parameters:
    ///   - command: What it is the reply to.
    ///   - most: The highest that makes sense, such as how many keys were asked about.
    /// - Throws: If it is an error, or no such number.
    func count(_ command: String, atMost most: Int = .max) throws(RedisError) -> Int {
        if case .error(let text) = self { throw ServerError(text).asFailure }
        guard case .integer(let count) = self, (0...most).contains(count) else {
            throw RedisError(.protocolViolation, "an unexpected reply to \(command)")
        }
        return count
    }
}
