import RedisProtocol

/// A script that decides within a transaction whether its changes may take effect.
///
/// Redis has no command that writes only if many keys are as expected, and `WATCH` takes time by the square of its keys
/// up to Redis 8. So a transaction is guarded: a gate is set, and a guard key for each `MSETNX`, which creates that key
/// along with its entities, so that it does nothing where the guard is still there. ``check`` looks at the keys of entities
/// and counts in the gate; if all have passed, ``admit`` lets the first `MSETNX` in; and if that has found none of its
/// keys, ``open`` lets in all that follows. No value that is written passes through Lua.
enum AtomicScript {
    /// Finds out whether keys are as they were, if the checks before have passed.
    ///
    /// Keys: the gate, and the entities. Arguments: how many checks have passed, the same with this one, and what the
    /// keys must hold, as ``ComparedValues`` has it; if there is nothing, they must not exist.
    case check
    /// Deletes the first guard if all checks have passed, the lock is held, and the records can be written.
    ///
    /// Keys: the lock, the gate, the first guard, the records. Arguments: the lock's value, how many checks there are,
    /// and for each record the command that reads keys of its type.
    case admit
    /// Deletes the gate and the other guards if the first guard has been created, and writes the records.
    ///
    /// Keys: the first guard, the gate, the records, the other guards. Arguments: how many records there are, and for
    /// each command of a record how many words it has, its name, the number of its key among the records, and the rest.
    case open
    /// Deletes keys if the gate is open. Keys: the gate, and what is to be deleted.
    case delete
    /// Carries commands out if the gate is open.
    ///
    /// Keys: the gate, and the key of each command. Arguments: for each command how many words follow its key, its name,
    /// and those words.
    case carryOut

    /// The most entities that a ``check`` or ``delete`` is about; more take longer, each.
    static let keyCount = 1000
    /// What a guard holds that an `MSETNX` has created, and not the transaction's first command.
    static let passed = Array("1".utf8)

    /// The command that runs it.
    ///
    /// - Parameters:
    ///   - values: More arguments, encoded.
    ///   - valueCount: The number of those.
    func command(
        _ keys: [[UInt8]], arguments: [[UInt8]] = [], values: ArraySlice<UInt8> = [], valueCount: Int = 0
    ) -> RedisCommand {
        let words = [Array("EVAL".utf8), Array(text.utf8), Array(String(keys.count).utf8)] + keys + arguments
        var command: [UInt8] = []
        command.reserveCapacity(words.reduce(values.count + 32) { $0 + $1.count + 16 })
        command.appendArrayHeader(words.count + valueCount)
        for word in words { command.appendArgument(word) }
        command.append(contentsOf: values)
        return RedisCommand("EVAL", encoded: command, keys: .from(3, count: keys.count))
    }

    private var text: String {
        switch self {
        case .check:
            """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'changed' end
            if #ARGV == 2 then
              if redis.call('EXISTS', unpack(KEYS, 2)) > 0 then return 'changed' end
            else
              local arguments, sha1hex = ARGV, redis.sha1hex
              for first = 2, #KEYS, 25 do
                local values = redis.call('MGET', unpack(KEYS, first, math.min(first + 24, #KEYS)))
                for index = 1, #values do
                  local value = values[index]
                  if value and #value > \(ComparedValues.mostWhole) then value = sha1hex(value) end
                  if value ~= arguments[first + index] then return 'changed' end
                end
              end
            end
            local reply = redis.pcall('MSET', KEYS[1], ARGV[2])
            if reply.err then return reply end
            return 'OK'
            """
        case .admit:
            """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lock' end
            if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 'changed' end
            for key = 4, #KEYS do
              local reply
              if ARGV[key - 1] == 'HGET' then reply = redis.pcall('HGET', KEYS[key], '')
              else reply = redis.pcall(ARGV[key - 1], KEYS[key]) end
              if type(reply) == 'table' and reply.err then return reply end
            end
            redis.call('DEL', KEYS[3])
            return 'OK'
            """
        case .open:
            """
            if redis.call('GET', KEYS[1]) ~= '1' then return 'changed' end
            local records, at = tonumber(ARGV[1]), 2
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
        case .carryOut:
            """
            if redis.call('EXISTS', KEYS[1]) == 1 then return 'changed' end
            local at = 1
            for key = 2, #KEYS do
              local words = tonumber(ARGV[at])
              local reply = redis.pcall(ARGV[at + 1], KEYS[key], unpack(ARGV, at + 2, at + 1 + words))
              if type(reply) == 'table' and reply.err then return reply end
              at = at + 2 + words
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

    /// The command that runs ``carryOut`` for some commands.
    ///
    /// - Parameter gate: The key that closes it as long as it exists.
    static func carryOut(_ commands: some Sequence<KeyCommand>, behind gate: [UInt8]) -> RedisCommand {
        var (keys, arguments) = ([gate], [[UInt8]]())
        for command in commands {
            keys.append(command.key)
            arguments +=
                [Array(String(command.arguments.count).utf8), Array(command.name.utf8)] + command.arguments
        }
        return carryOut.command(keys, arguments: arguments)
    }

    /// What a script answers.
    enum Answer: Equatable {
        /// It has done what it is for.
        case done
        /// A key is not as it was; nothing was written.
        case changed
        /// The lock is not held any more; nothing was written.
        case lockLost
        /// The server refused a command of the script.
        case failed(RedisError)

        /// Reads the reply to `EVAL`.
        ///
        /// - Throws: If it is not a reply of one of the scripts.
        init(_ reply: RedisReply) throws(RedisError) {
            switch reply {
            case .bulkString(Array("OK".utf8)): self = .done
            case .bulkString(Array("changed".utf8)): self = .changed
            case .bulkString(Array("lock".utf8)): self = .lockLost
            case .error(let text): self = .failed(ServerError(text).failure(of: "EVAL"))
            default: throw RedisError.unexpectedReply(to: "EVAL")
            }
        }
    }
}
