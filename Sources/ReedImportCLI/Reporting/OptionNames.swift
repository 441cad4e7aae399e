import CSV
import ConfigImport
import GraphSync
import PostgresBackup
import RedisProtocol
import RedisStore

/// The one table from the settings of the libraries to the options of the command line.
enum OptionNames {
    static func option(_ setting: RedisError.Setting) -> String? {
        switch setting {
        case .password: "REDISCLI_AUTH, --redis-password-file or the URL"
        case .serverCheck: "--no-server-check"
        case .eviction: "--allow-eviction"
        case .memory: "--ignore-memory"
        default: nil
        }
    }

    static func option(_ setting: SyncRefusal.Setting) -> String {
        switch setting {
        case .adopts: "--adopt"
        case .prunesVanished: "--prune-missing"
        case .deletionLimit(let count): "--max-delete \(count)"
        case .atomicLimit: "--atomic-limit, --atomic auto"
        }
    }

    static func option(_ parameter: BackupError.Parameter) -> String {
        switch parameter {
        case .allowsGroup: "--allow-group"
        case .databases: "--database"
        case .migrationsTable: "--migrations-table"
        }
    }

    /// The suggested fix for an issue, with the option that helps.
    static func help(for issue: Issue) -> String? {
        let option: String? =
            switch issue.setting {
            case .delimiter(UInt8(ascii: "\t")): "pass --delimiter tab"
            case .delimiter(let delimiter): "pass --delimiter \"\(String(UnicodeScalar(delimiter)))\""
            case .keepsColumns: "--keep-columns keeps unknown columns as text"
            case .fieldBytes: "--max-field raises the limit"
            case .recordBytes: "--max-record raises the limit"
            case .columns: "--max-columns raises the limit"
            case nil: nil
            }
        let parts = [issue.help, option].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }
}
