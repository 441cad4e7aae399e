import GraphSync
import PostgresBackup
import RedisProtocol
import Testing

@testable import ReedImportCLI
@testable import RedisStore

/// What a user reads of a library's failure: what happened, how far it got, what to do, and which option helps.
struct FailureTests {
    @Test("Message, progress and advice are joined in this order, after the place")
    func order() {
        let error = RedisError(.tryLater, "OOM command not allowed", advice: "raise maxmemory and run again")
        let failure = Failure(error, at: "a.csv:2: ", progress: "nothing written")
        #expect(failure.status == .tryLater)
        #expect(
            failure.message
                == "a.csv:2: OOM command not allowed; nothing written; raise maxmemory and run again")
        #expect(Failure(RedisError(.unavailable, "away")).message == "away")
    }

    @Test("Every setting that a library names has an option")
    func options() {
        let settings: [(RedisError.Setting, String)] = [
            (.password, "--redis-password-file"), (.serverCheck, "--no-server-check"),
            (.eviction, "--allow-eviction"), (.memory, "--ignore-memory"),
        ]
        for (setting, option) in settings {
            let error = RedisError(.configuration, "no", advice: "mend it", setting: setting)
            #expect(Failure(error).message?.contains("mend it (") == true)
            #expect(Failure(error).message?.contains(option) == true)
        }
        let refusal = SyncRefusal(
            .tooManyDeletions, "too many", advice: "raise the limit", setting: .deletionLimit(11))
        #expect(Failure(refusal).message == "too many; raise the limit (--max-delete 11)")
        #expect(Failure(refusal).status == .refused)
        let backup = BackupError(.permission, "no", advice: "trust it", parameter: .allowsGroup)
        #expect(Failure(backup).message == "no; trust it (--allow-group)")
    }

    @Test("A refusal because something vanished is an error of the data")
    func vanished() {
        #expect(Failure(SyncRefusal(.vanished, "gone")).status == .data)
    }
}
