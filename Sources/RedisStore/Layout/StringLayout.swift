import RedisProtocol
import UCG

/// An entity is one string, its JSON object: `SET` and `MSET` write it, `MGET` reads it.
enum StringLayout: EntityLayout {
    static func reading(_ keys: EncodedKeys) -> [RedisCommand] { [keys.command("MGET")] }

    static func stored(_ replies: [RedisReply], count: Int) -> StoredEntities? {
        guard replies.count == 1, case .array(let values) = replies[0], values.count == count else {
            return nil
        }
        return StoredEntities(values)
    }

    static func canShareCommand(_ kind: MutationBatch.Kind) -> Bool { true }

    static func commandName(of batch: borrowing MutationBatch) -> String {
        switch batch.kind {
        case .compare: "MGET"
        case .replace: batch.isAnsweredSingly ? "SET" : "MSET"
        case .create: batch.isAnsweredSingly ? "SET" : "MSETNX"
        case .graphKeys: ""
        }
    }

    static func encode(_ batch: borrowing MutationBatch, _ append: (ArraySlice<UInt8>) -> Void) {
        switch batch.kind {
        case .compare:
            append(batch.keys(of: batch.open).command("MGET").bytes[...])
        case .replace where batch.isAnsweredSingly:
            for index in batch.open {
                append(setHead[...])
                append(batch.keyAndValue(of: index))
            }
        case .create where batch.isAnsweredSingly:
            for index in batch.open {
                append(setIfAbsentHead[...])
                append(batch.keyAndValue(of: index))
                append(setIfAbsentEnd[...])
            }
        case .graphKeys: break
        case .replace, .create:
            var head: [UInt8] = []
            head.appendArrayHeader(1 + 2 * batch.count)
            head.append(contentsOf: batch.kind == .replace ? msetName : msetnxName)
            append(head[...])
            append(batch.bytes[...])
        }
    }

    static func outcome(of reply: RedisReply, for batch: borrowing MutationBatch) -> MutationOutcome? {
        switch (batch.kind, reply) {
        case (_, .error(let text)): .failed(ServerError(text))
        case (.replace, .ok): .written
        case (.create, .ok) where batch.isAnsweredSingly: .written
        case (.create, .null) where batch.isAnsweredSingly: .taken
        case (.create, .integer(1)) where !batch.isAnsweredSingly: .written
        case (.create, .integer(0)) where !batch.isAnsweredSingly: .taken
        case (.compare, _): stored([reply], count: batch.open.count).map { .read($0) }
        default: nil
        }
    }

    private static let setHead = Array("*3\r\n$3\r\nSET\r\n".utf8)
    private static let setIfAbsentHead = Array("*4\r\n$3\r\nSET\r\n".utf8)
    private static let setIfAbsentEnd = Array("$2\r\nNX\r\n".utf8)
    private static let msetName = Array("$4\r\nMSET\r\n".utf8)
    private static let msetnxName = Array("$6\r\nMSETNX\r\n".utf8)
}
