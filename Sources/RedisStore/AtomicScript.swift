/// A script that decides within a transaction whether its changes may take effect.
///
/// Redis has no command that writes only if many keys are as expected, and `WATCH` takes time by the square of its keys
/// up to Redis 8. So a transaction is guarded. A gate is set, and a guard key for each `MSETNX`. Scripts check the keys
/// of entities, a thousand each, and count in the gate; if all have passed, one more deletes the gate and the guards
/// and writes the records. Only then do the scripts that follow delete keys; and each `MSETNX` creates a guard key
/// beside its entities, so that it does nothing where the guard is still there. No value that is written passes through
/// Lua. Scripts of a thousand keys take half to three quarters of the time of one that has all of them.
enum AtomicScript {
    /// Finds out whether keys are as they were, if the checks before have passed.
    ///
    /// Keys: the gate, and the entities. Arguments: how many checks have passed, the same with this one, and the
    /// digests of what the keys must hold in one string; if that is empty, they must not exist.
    case check
    /// Opens the gate if all checks have passed and the lock is held, and writes the records.
    ///
    /// It answers the error of a record that could not be written, and then nothing else was either. Keys: the lock,
    /// the gate, the records, the guards. Arguments: the lock's value, how many checks and records there are, and then
    /// for each command of a record how many words it has, its name, the number of its key among the records, and the
    /// rest.
    case open
    /// Deletes keys if the gate is open. Keys: the gate, and what is to be deleted.
    case delete

    /// The most entities that one script is about.
    static let keyCount = 1000

    /// The command that runs it.
    func command(_ keys: [[UInt8]], _ arguments: [[UInt8]]) -> [UInt8] {
        .command([Array("EVAL".utf8), Array(text.utf8), Array(String(keys.count).utf8)] + keys + arguments)
    }

    private var text: String {
        switch self {
        case .check:
            """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'changed' end
            local sha1hex, sub, digests = redis.sha1hex, string.sub, ARGV[3]
            if digests == '' then
              if redis.call('EXISTS', unpack(KEYS, 2)) > 0 then return 'changed' end
            else
              for first = 2, #KEYS, 100 do
                local at = (first - 2) * 40
                local values = redis.call('MGET', unpack(KEYS, first, math.min(first + 99, #KEYS)))
                for index, value in ipairs(values) do
                  if not value or sha1hex(value) ~= sub(digests, at + index * 40 - 39, at + index * 40) then
                    return 'changed'
                  end
                end
              end
            end
            local reply = redis.pcall('MSET', KEYS[1], ARGV[2])
            if reply.err then return reply end
            return 'OK'
            """
        case .open:
            """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lock' end
            if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 'changed' end
            local records, at = tonumber(ARGV[3]), 4
            while ARGV[at] do
              local words = tonumber(ARGV[at])
              local command = {ARGV[at + 1], KEYS[2 + tonumber(ARGV[at + 2])]}
              for word = 3, words do command[word] = ARGV[at + word] end
              local reply = redis.pcall(unpack(command))
              if type(reply) == 'table' and reply.err then return reply end
              at = at + words + 1
            end
            redis.call('DEL', KEYS[2])
            for first = 3 + records, #KEYS, 7000 do
              redis.call('DEL', unpack(KEYS, first, math.min(first + 6999, #KEYS)))
            end
            return 'OK'
            """
        case .delete:
            """
            if redis.call('EXISTS', KEYS[1]) == 1 then return 'changed' end
            redis.call('DEL', unpack(KEYS, 2))
            return 'OK'
            """
        }
    }

    /// What a script answers.
    enum Answer: Equatable {
        /// The check has passed, the gate is open, or the keys are deleted.
        case done
        /// A key is not as it was; nothing was written.
        case changed
        /// The lock is not held any more; nothing was written.
        case lockLost
        /// The server refused a command of the script.
        case failed(RedisError)

        /// Reads the reply to `EVAL`.
        ///
        /// - Throws: If it is none of the scripts'.
        init(_ reply: RedisReply) throws(RedisError) {
            switch reply {
            case .text(Array("OK".utf8)): self = .done
            case .text(Array("changed".utf8)): self = .changed
            case .text(Array("lock".utf8)): self = .lockLost
            case .error(let text): self = .failed(ServerError(text).asFailure)
            default: throw RedisError(.protocolViolation, "an unexpected reply to EVAL")
            }
        }
    }
}
