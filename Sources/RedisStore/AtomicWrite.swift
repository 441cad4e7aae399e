import GraphSync
import UCG

/// One transaction of a whole plan: all changes take effect at once, or none does.
///
/// Whatever another program has written to one of the keys since they were compared aborts it. There are two ways. As
/// a rule scripts check the keys within the transaction (``AtomicScript``), which takes time in proportion to them. For
/// a user who may not run scripts, or may write by `SET` only, the keys are watched and read once more.
struct AtomicWrite {
    /// How it ended.
    enum Ending: Equatable {
        /// Everything was carried out.
        case done
        /// Nothing was: a key has changed.
        case aborted
        /// Everything else was, but a command failed.
        case partial(RedisError)
    }

    /// The changes of entities.
    let changes: AtomicChanges
    /// The records that are written with them.
    let records: [RecordCommand]
    /// What the guard keys begin with.
    let guardPrefix: String

    /// The most keys that are watched without being asked for: it takes time by their square up to Redis 8.
    static let mostWatchedKeys = 4000

    // MARK: - Guarded by WATCH

    /// The commands that watch and read keys, a group at a time, with what each is expected to hold.
    var watches: [(commands: [[UInt8]], expected: Expectation)] {
        var watches: [(commands: [[UInt8]], expected: Expectation)] = []
        for group in changes.written {
            watches.append(
                (
                    [group.batch.watchCommand, group.batch.readCommand],
                    Expectation(count: group.batch.entries.count, digests: group.digests[...])
                ))
        }
        let length = [UInt8].sha1Length
        for start in stride(from: 0, to: changes.deleted.count, by: AtomicChanges.groupCount) {
            let keys = changes.deleted[start..<min(start + AtomicChanges.groupCount, changes.deleted.count)]
            let digests = changes.deletedDigests[(start * length)..<((start + keys.count) * length)]
            watches.append(
                (
                    [.command([Array("WATCH".utf8)] + keys), .command([Array("MGET".utf8)] + keys)],
                    Expectation(count: keys.count, digests: digests)
                ))
        }
        return watches
    }

    /// What keys are expected to hold.
    struct Expectation {
        let count: Int
        /// The SHA-1 of each value; empty if none of the keys exists.
        let digests: ArraySlice<UInt8>

        /// Whether the keys hold it.
        ///
        /// - Parameter values: The reply to `MGET`.
        /// - Throws: If it is none.
        func holds(_ values: RedisReply) throws(RedisError) -> Bool {
            guard case .array(let values) = values, values.count == count else {
                throw RedisError(.protocolViolation, "an unexpected reply to MGET")
            }
            if digests.isEmpty { return values.indices.allSatisfy { values.isNull(at: $0) } }
            var found: [UInt8] = []
            for index in values.indices {
                let isText: Void? = values.withText(at: index) { found.appendSHA1(of: $0) }
                if isText == nil { return false }
            }
            return found[...] == digests
        }
    }

    /// The transaction after keys were watched and found as expected.
    func watched() -> Transaction {
        var transaction = Transaction()
        for group in changes.written { transaction.append(group.batch) }
        for start in stride(from: 0, to: changes.deleted.count, by: AtomicChanges.groupCount) {
            let keys = changes.deleted[start..<min(start + AtomicChanges.groupCount, changes.deleted.count)]
            transaction.append(.command([Array("DEL".utf8)] + keys))
        }
        for record in records { transaction.append(record) }
        return transaction
    }

    /// What the results of a transaction after `WATCH` mean.
    func ending(ofWatched results: ReplyList) -> Ending {
        for case .error(let text) in results { return .partial(ServerError(text).asFailure) }
        return .done
    }
}
