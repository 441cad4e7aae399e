import CHiredis

/// Turns the bytes of a connection into replies, by hiredis's parser.
///
/// The parser is the only part of hiredis that is used. Bytes that cannot become a reply are found at once.
@safe struct ReplyDecoder: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let builder = ReplyBuilder()

    /// The length of the longest string that is expected.
    var largestReply: Int

    /// - Throws: ``RedisError/Code/system`` if there is no memory.
    init(largestReply: Int) throws(RedisError) {
        guard let reader = unsafe builder.makeReader() else { throw RedisError(.system, "out of memory") }
        unsafe self.reader = reader
        self.largestReply = largestReply
    }

    deinit { unsafe redisReaderFree(reader) }

    /// Decodes more bytes, and passes each complete reply to `onReply`.
    ///
    /// - Throws: ``RedisError/Code/protocolViolation``; what `onReply` throws.
    /// - Complexity: O(*n*) in the bytes.
    mutating func decode(
        _ bytes: ArraySlice<UInt8>, _ onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        let reader = unsafe reader
        // Sound: hiredis copies the bytes during the call.
        var status = unsafe bytes.withUnsafeBytes { raw in
            unsafe redisReaderFeed(reader, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count)
        }
        while status == REDIS_OK {
            var token: UnsafeMutableRawPointer?
            status = unsafe redisReaderGetReply(reader, &token)
            guard status == REDIS_OK else { break }
            guard unsafe token != nil else { return try checkRest() }
            try onReply(builder.reply)
        }
        throw notRedis()
    }

    /// Looks at the reply that is incomplete: bytes that can never become one are found now, not by a time-out.
    private func checkRest() throws(RedisError) {
        guard unsafe reader.pointee.len > reader.pointee.pos else { return }
        // Sound: hiredis keeps `len` bytes after `buf`, of which `pos` are parsed; nothing is parsed meanwhile.
        let rest = unsafe UnsafeRawBufferPointer(
            start: reader.pointee.buf + reader.pointee.pos, count: reader.pointee.len - reader.pointee.pos)
        let isPossible = unsafe PartialReplyCheck.isPossible(
            type: reed_begun_type(reader), rest: rest.bindMemory(to: UInt8.self).span, largest: largestReply)
        guard isPossible else {
            throw failure("it begins like one and does not go on like one")
        }
    }

    private func notRedis() -> RedisError {
        // Sound: a copy of the field, every byte of which is initialized, is read within its own bounds.
        let text = unsafe withUnsafeBytes(of: reader.pointee.errstr) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        // hiredis says: Protocol error, got "H" as reply type byte
        let quoted = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard quoted.count == 3, let byte = quoted[1].utf8.first, quoted[1].utf8.count == 1 else {
            return failure(text)
        }
        return failure("got byte 0x\(String(byte, radix: 16)) '\(quoted[1])'")
    }

    private func failure(_ cause: String) -> RedisError {
        RedisError(
            .protocolViolation, "not a Redis reply (\(cause))", advice: "is this address a Redis server's?")
    }
}
