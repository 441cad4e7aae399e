import GraphSync
import RedisProtocol
import UCG

/// A look at what a slot of the graph keys holds.
struct GraphLook {
    let entry: GraphEntry
    /// The command that looks.
    let command: RedisCommand

    /// What was found.
    enum Finding: Hashable {
        /// What should be there.
        case asWanted
        case absent
        /// The id of another entity: of the one that is named, that contains, or of the association.
        case other(EntityID)
        /// Something else.
        case different
        /// The key holds a value of a type that graph keys of its sort do not have.
        case wrongType
    }

    /// A look whether an entry is there.
    init(for entry: GraphEntry, _ names: GraphKeyNames) {
        self.entry = entry
        let (key, member) = (names.key(of: entry.slot), entry.slot.member ?? [])
        command =
            switch entry.value {
            case .id: RedisCommand("GET", keys: [key])
            case .association(let association):
                RedisCommand("HMGET", keys: [key], arguments: association.fields.map(\.name))
            case .weight: RedisCommand("ZSCORE", keys: [key], arguments: [member])
            case .present: RedisCommand("SISMEMBER", keys: [key], arguments: [member])
            }
    }

    /// What the reply says.
    ///
    /// - Throws: If it is no reply to the command, or an error of another kind than that the key has another type.
    func finding(_ reply: RedisReply) throws(RedisError) -> Finding {
        switch (entry.value, reply) {
        case (_, .error(let text)) where text.hasPrefix("WRONGTYPE"): return .wrongType
        case (_, .error(let text)): throw ServerError(text).failure(of: command.name)
        case (.id, .null), (.weight, .null), (.present, .integer(0)): return .absent
        case (.present, .integer(1)): return .asWanted
        case (.id(let wanted), .bulkString(let bytes)):
            if bytes == wanted.text { return .asWanted }
            return EntityID(bytes.span).map { .other($0) } ?? .different
        case (.weight(let wanted), .bulkString(let bytes)):
            // Redis shows a score in its own way, as the shortest text of the same number.
            let score = Double(String(decoding: bytes, as: UTF8.self))
            return score != nil && score == Double(wanted) ? .asWanted : .different
        case (.association(let association), .array(let fields))
        where fields.count == association.fields.count:
            return finding(fields, wanted: association)
        default: throw RedisError.unexpectedReply(to: command.name)
        }
    }

    private func finding(_ fields: ReplyList, wanted: GraphValue.Association) -> Finding {
        if fields.indices.allSatisfy({ fields.isNull(at: $0) }) { return .absent }
        let isSame = zip(fields, wanted.fields).allSatisfy { $0 == .bulkString($1.value) }
        if isSame { return .asWanted }
        guard case .bulkString(let bytes) = fields[0], let id = EntityID(bytes.span), id != wanted.id else {
            return .different
        }
        return .other(id)
    }
}
