/// One reply of a server (RESP2).
///
///     guard case .bulkString(let value) = reply else { throw RedisError.unexpectedReply(to: "GET") }
package enum RedisReply: Hashable, Sendable {
    /// The simple string `OK`.
    case ok
    /// Any other simple string, for example `QUEUED`.
    case simpleString(String)
    /// An error, in the server's words.
    case error(String)
    case bulkString([UInt8])
    case integer(Int)
    case null
    /// The elements of an array; those that are arrays themselves are left out.
    case array(ReplyList)

    /// Returns the number that the reply is.
    ///
    /// - Parameters:
    ///   - command: The command that it answers.
    ///   - most: The highest number that makes sense, for example the number of keys in the command.
    /// - Throws: ``RedisError`` if it is an error, or not such a number.
    package func count(of command: String, atMost most: Int = .max) throws(RedisError) -> Int {
        try check(command)
        guard case .integer(let count) = self, (0...most).contains(count) else {
            throw RedisError.unexpectedReply(to: command)
        }
        return count
    }

    /// Makes sure that the reply to a command is not an error.
    ///
    /// - Throws: ``RedisError``, by the table of ``ServerError``.
    package func check(_ command: String) throws(RedisError) {
        if case .error(let text) = self { throw ServerError(text).failure(of: command) }
    }
}
