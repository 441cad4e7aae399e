/// The script that decides within a transaction whether its changes may take effect.
///
/// Redis has no command that writes only if many keys are as expected, and `WATCH` takes time by the square of its keys
/// up to Redis 8. So a transaction is guarded: guard keys are set first, this script deletes them only if every key is
/// as it was when it was compared, and each `MSETNX` that follows creates a guard key beside its entities, so that it
/// does nothing where the guard is still there. No value that is written passes through Lua.
///
/// It checks everything before it writes anything. It answers `OK`; `lock` if the lock is not held any more; `changed`
/// if a key is not as it was; or the error of a record that could not be written, and then nothing else was either.
///
/// Keys: the lock, the records, the guards, keys that must not exist, keys that must hold what the digests say and are
/// deleted. Arguments: the lock's value, how many records, guards, new and old keys there are, the digests in one
/// string, and then for each command of a record how many words it has, its name, the number of its key among the
/// records, and the rest.
enum AtomicScript {
    static let text = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lock' end
        local records, guards = tonumber(ARGV[2]), tonumber(ARGV[3])
        local new, old = tonumber(ARGV[4]), tonumber(ARGV[5])
        local function each(first, count, step, body)
          for start = first, first + count - 1, step do
            if not body(start, math.min(start + step, first + count) - 1) then return false end
          end
          return true
        end
        local firstNew = 2 + records + guards
        local firstOld = firstNew + new
        local isFree = each(firstNew, new, 7000, function(first, last)
          return redis.call('EXISTS', unpack(KEYS, first, last)) == 0
        end)
        if not isFree then return 'changed' end
        local sha1hex, sub, digests = redis.sha1hex, string.sub, ARGV[6]
        local isSame = each(firstOld, old, 100, function(first, last)
          local at = (first - firstOld) * 40
          for index, value in ipairs(redis.call('MGET', unpack(KEYS, first, last))) do
            if not value or sha1hex(value) ~= sub(digests, at + index * 40 - 39, at + index * 40) then return false end
          end
          return true
        end)
        if not isSame then return 'changed' end
        local at = 7
        while ARGV[at] do
          local words = tonumber(ARGV[at])
          local command = {ARGV[at + 1], KEYS[1 + tonumber(ARGV[at + 2])]}
          for word = 3, words do command[word] = ARGV[at + word] end
          local reply = redis.pcall(unpack(command))
          if type(reply) == 'table' and reply.err then return reply end
          at = at + words + 1
        end
        local function delete(first, last)
          redis.call('DEL', unpack(KEYS, first, last))
          return true
        end
        each(firstOld, old, 7000, delete)
        each(2 + records, guards, 7000, delete)
        return 'OK'
        """

    /// What the script answers.
    enum Answer: Equatable {
        /// The changes take effect.
        case done
        /// A key is not as it was; nothing was written.
        case changed
        /// The lock is not held any more; nothing was written.
        case lockLost
        /// A record could not be written, nor anything else.
        case failed(RedisError)

        /// Reads the reply to `EVAL`.
        ///
        /// - Throws: If it is none of the script's.
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
