import ArgumentParser
import ConfigImport
import RedisProtocol
import RedisStore

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks whether a Redis can be imported into, and writes nothing.",
        discussion: """
            Exits 0 if it can; else as import would: 64 on wrong options; 66 if the password file cannot be \
            read; 69 if Redis cannot be reached; 75 if it cannot take entities now; 76 if it is not Redis; 77 \
            if it does not let this user in; 78 if it is configured so that it cannot work; 71 on failures of \
            the system.
            """)

    @OptionGroup(title: "Redis options") var redis: RedisArguments

    @Option(help: ArgumentHelp("What every key would begin with.", valueName: "text"))
    var keyPrefix = ""

    @Flag(help: "Print the command that gives a user the rights that an import needs, and no other.")
    var acl = false

    func run() throws {
        if acl {
            let user = (try? redis.address().user) ?? "reed-import"
            return Console.write(ServerCheck.aclCommand(user: user, keyPrefix: keyPrefix) + "\n")
        }
        let address = try redis.address()
        var options = redis.options
        options.onNote = { Console.complain("note: \($0)") }
        let check: ServerCheck
        do throws(RedisError) {
            check = try ServerCheck.run(of: address, keyPrefix: keyPrefix, options: options)
        } catch {
            throw Failure(error)
        }
        Console.write("\(PlainText.escaped(address.description))\n")
        for finding in check.findings {
            let mark =
                switch finding.verdict {
                case .fine: "ok"
                case .warning: "warn"
                case .unknown: "?"
                case .preventsWriting, .preventsReading: "FAIL"
                }
            let line = mark.padded(to: 6) + finding.subject.padded(to: 10) + finding.text
            Console.write("  \(PlainText.escaped(line))\n")
        }
        if let error = check.failure { throw Failure(error) }
    }
}

extension String {
    /// The text with spaces after it, `width` characters or more.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
