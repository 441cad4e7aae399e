/// The exit codes: the one table from which `docs/exit-codes.md` is made.
enum ExitStatus: Int32, CaseIterable {
    case declined = 1
    case differences = 2
    case refused = 3
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case system = 71
    case cannotCreate = 73
    case inputOutput = 74
    case tryLater = 75
    case protocolViolation = 76
    case permission = 77
    case configuration = 78
    case interrupted = 130
    case terminated = 143

    /// What has happened.
    var meaning: String {
        switch self {
        case .declined:
            "a question was answered with no; nothing changed"
        case .differences:
            "`plan` found changes; `status --max-age`: the last import is too old"
        case .refused:
            "a safety check refused: a key holds something that is not an entity, an entity "
                + "belongs to another source, too many deletions, a plan that is out of date or of "
                + "another server; the newest backup is not good, a schema version has another name, "
                + "the table belongs to another program"
        case .usage:
            "a wrong option, URL or name; a question without a terminal and without `--yes`"
        case .data:
            "invalid CSV, with `--strict` a warning or what would be kept though it vanished, "
                + "input that changed while it was read, an entity that Redis refused, evicted or lost; "
                + "a damaged backup, a statement that failed"
        case .noInput:
            "a directory or file that is missing, unreadable or not a regular file; no backup, or "
                + "several, of that name"
        case .unavailable:
            "cannot connect, or the connection was lost"
        case .system:
            "the system cannot: memory, descriptors, a program that was killed"
        case .cannotCreate:
            "the backup folder or the file of `--out` or `--report` cannot be created"
        case .inputOutput:
            "reading or writing a local file failed, for example because the disk is full"
        case .tryLater:
            "no reply in time; LOADING, BUSY, OOM, MISCONF, READONLY, MASTERDOWN, NOREPLICAS; "
                + "another import runs, a lock is held"
        case .protocolViolation:
            "what answers is not Redis, or its replies are out of step"
        case .permission:
            "NOAUTH, WRONGPASS, NOPERM, rights on a socket, in PostgreSQL or on the backup folder"
        case .configuration:
            "a policy that evicts, too little memory, a cluster, an unknown command, a database "
                + "out of range, a password where none is set; `redis-server`, `pg_dump` or `psql` "
                + "missing or too old, a missing database or table"
        case .interrupted:
            "SIGINT: nothing new is sent, outstanding replies are awaited for up to 5 s; a backup "
                + "or restore is undone"
        case .terminated:
            "SIGTERM: the same"
        }
    }

    /// Whether the same command may succeed when it is run again: `yes`, `no` or `perhaps`; empty where that does not matter.
    var worthRetrying: String {
        switch self {
        case .unavailable, .tryLater: "yes"
        case .system: "perhaps"
        case .interrupted, .terminated: ""
        default: "no"
        }
    }
}
