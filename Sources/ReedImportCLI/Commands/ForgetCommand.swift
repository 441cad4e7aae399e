import ArgumentParser
import ConfigImport
import GraphSync
import RedisProtocol
import RedisStore
import UCG

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Removes the records of a source that is not imported any more.",
        discussion: """
            Its entities stay and have no owner from then on; with --delete those that it owns are deleted first. \
            Entities of other sources are never touched.

            Exits 0 if the source is gone; 1 if you said no; 64 on wrong options, or without --yes where there \
            is no terminal to ask; 66 if there is no such source; 75 if it is being imported; else as import does.
            """)

    @Argument(help: ArgumentHelp("The source.", valueName: "source"))
    var source: String

    @Flag(help: "Delete the entities that it owns, too.")
    var delete = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Option(help: ArgumentHelp("What every key begins with.", valueName: "text"))
    var keyPrefix = ""

    @Option(help: ArgumentHelp("How long to wait for an import of this source.", valueName: "time"))
    var lockTimeout = TimeSpan(.seconds(30))

    @OptionGroup(title: "Redis options") var redis: RedisArguments

    func validate() throws {
        guard ImportSource(keyPrefix: "", name: source) != nil else {
            throw ValidationError("'\(source)' is not the name of a source.")
        }
    }

    func run() throws {
        guard let source = ImportSource(keyPrefix: keyPrefix, name: source) else { return }
        let target = ImportTarget(address: try redis.address(), source: source)
        try Confirmation.requirePossible(yes)
        var options = redis.options
        options.onNote = { Console.complain("note: \($0)") }
        do {
            var sync = try RedisSync(
                of: target.address, source: source, types: EntityType.builtIn,
                stamp: WriteStamp(time: .now, author: ""), redis: options, options: SyncOptions())
            guard let number = try sync.recordedEntities() else {
                throw Failure(.noInput, "there is no source \(source.name) at \(target.address)")
            }
            let owned = count(number, "entity", plural: "entities")
            let question =
                delete
                ? "Delete \(owned) of the source \(source.name) at \(target.address), and forget it?"
                : "Forget the source \(source.name) at \(target.address)? Its \(owned) stay."
            try Confirmation.ask(PlainText.escaped(question), isConfirmed: yes)
            let deleted = try sync.forget(deletes: delete, lockTimeout: lockTimeout.duration)
            let what = delete ? "\(count(deleted, "entity", plural: "entities")) deleted; " : ""
            Console.write("\(what)source \(source.name) forgotten\n")
        } catch let error as RedisError {
            throw Failure(error)
        } catch let error as SyncRefusal {
            throw Failure(error)
        }
    }
}
