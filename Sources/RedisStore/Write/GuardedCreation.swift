import RedisProtocol
import UCG

/// One `MSETNX` of many entities and a guard key: it writes all of them, or nothing if one of the keys exists.
struct GuardedCreation {
    /// The key that is there unless the entities may be created.
    let guardKey: [UInt8]
    /// The entities.
    let batches: [MutationBatch]

    /// The most entities of one command; the server takes 1,048,576 words.
    static let mostEntities = 250_000

    /// The command, in pieces.
    var encoded: [ArraySlice<UInt8>] {
        var head: [UInt8] = []
        head.appendArrayHeader(3 + 2 * batches.reduce(0) { $0 + $1.count })
        head.appendArgument(Array("MSETNX".utf8))
        head.appendArgument(guardKey)
        head.appendArgument(AtomicScript.passed)
        return [head[...]] + batches.map { $0.bytes[...] }
    }

    /// The origin of the first entity.
    var origin: CommandOrigin? { batches.first.map { CommandOrigin($0.mutations[0].origin) } }

    /// Its result.
    enum Outcome {
        case created
        /// One of the keys exists, and nothing was written.
        case refused
        case failed(RedisError)
    }

    /// What its reply means.
    ///
    /// - Throws: If it is not one.
    func outcome(_ reply: RedisReply) throws(RedisError) -> Outcome {
        switch reply {
        case .integer(1): return .created
        case .integer(0): return .refused
        case .error(let text):
            return .failed(ServerError(text).failure(of: .data(origin, command: "MSETNX")))
        default: throw RedisError.unexpectedReply(to: "MSETNX")
        }
    }

    /// Puts batches together, as many as one command may have; those of one large value stay alone.
    static func groups(of batches: [MutationBatch]) -> [[MutationBatch]] {
        var (groups, count) = ([[MutationBatch]](), mostEntities)
        for batch in batches where !batch.isLarge {
            if count + batch.count > mostEntities {
                groups.append([])
                count = 0
            }
            groups[groups.count - 1].append(batch)
            count += batch.count
        }
        return groups + batches.filter(\.isLarge).map { [$0] }
    }
}
