import GraphSync
import RedisProtocol
import UCG

/// One transaction of a whole plan: all changes take effect at once, or none does.
///
/// Whatever another program has written to one of the keys since they were compared aborts it. There are two ways. As
/// a rule scripts check the keys within the transaction (``AtomicScript``), which takes time in proportion to them. For
/// a user who may not run scripts, or may write by `SET` only, the keys are watched and read again.
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
    /// What happens to graph keys with them.
    var graphKeys = GraphKeyWrite()
    /// The records that are written with them.
    let records: [KeyCommand]
    /// What the guard keys begin with.
    let guardPrefix: String

    /// The most keys that are watched without being asked for: it takes time by their square up to Redis 8.
    static let mostWatchedKeys = 4000

    // MARK: - Guarded by WATCH

    /// The commands that watch and read keys, a group at a time, with what each is expected to hold.
    var watches: [(commands: [RedisCommand], expected: Expectation)] {
        var watches: [(commands: [RedisCommand], expected: Expectation)] = []
        func watch(_ keys: EncodedKeys, _ values: ArraySlice<UInt8>?) {
            watches.append(
                (
                    [keys.command("WATCH"), keys.command("MGET")],
                    Expectation(count: keys.count, values: values)
                ))
        }
        let absent = graphKeys.absent
        for start in stride(from: 0, to: absent.count, by: WriteLimits.groupCount) {
            let keys = EncodedKeys(Array(absent[start..<min(start + WriteLimits.groupCount, absent.count)]))
            watches.append(
                (
                    [keys.command("WATCH"), keys.command("EXISTS")],
                    Expectation(count: keys.count, values: nil)
                ))
        }
        for batch in changes.created { watch(batch.keys, nil) }
        var compared = 0
        for batch in changes.updated {
            watch(batch.keys, changes.updatedValues[compared..<(compared + batch.count)])
            compared += batch.count
        }
        for range in changes.deletionGroups {
            watch(EncodedKeys(Array(changes.deleted[range])), changes.deletedValues[range])
        }
        return watches
    }

    /// What keys are expected to hold.
    struct Expectation {
        let count: Int
        /// The values, as ``ComparedValues`` has them; `nil` if none of the keys exists.
        let values: ArraySlice<UInt8>?

        /// Whether the keys hold it.
        ///
        /// - Parameter reply: The reply to `MGET`, or to `EXISTS` if none of them is to exist.
        /// - Throws: If it is not one.
        func holds(_ reply: RedisReply) throws(RedisError) -> Bool {
            if values == nil, case .integer(let number) = reply { return number == 0 }
            guard case .array(let elements) = reply, elements.count == count else {
                throw RedisError.unexpectedReply(to: "MGET")
            }
            guard let values else { return elements.indices.allSatisfy { elements.isNull(at: $0) } }
            var found = ComparedValues()
            for index in elements.indices {
                let isText: Void? = elements.withString(at: index) { found.append($0) }
                if isText == nil { return false }
            }
            return found[0..<count] == values
        }
    }

    /// The transaction after keys were watched and found as expected.
    func watched() -> Transaction {
        var transaction = Transaction()
        for batch in changes.created + changes.updated { transaction.append(batch) }
        for range in changes.deletionGroups {
            transaction.append(RedisCommand("DEL", keys: Array(changes.deleted[range])))
        }
        for command in graphKeys.commands { transaction.append(command) }
        for record in records { transaction.append(record) }
        return transaction
    }

    /// What the results of a transaction after `WATCH` mean.
    func ending(ofWatched results: ReplyList) -> Ending {
        for case .error(let text) in results { return .partial(ServerError(text).failure(of: "EXEC")) }
        return .done
    }
}
