import ArgumentParser
import GraphSync

/// Whose entities they are, and what may be deleted or taken over.
struct SyncArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whose import this is; a source deletes only what it has written.", valueName: "name"))
    var source = ImportSource.defaultName

    @Flag(help: "Delete entities of this source that the directory no longer has.")
    var prune = false

    @Flag(
        help:
            "Delete, too, what vanished as a whole: a type, or a locale of a layer and scope, of which the directory has nothing any more."
    )
    var pruneMissing = false

    @Option(
        help: ArgumentHelp(
            "The most entities that may be deleted, as a number or in percent of those of this source (default: 5 or 10%, whichever is more, and never all).",
            valueName: "n|p%"),
        transform: { text in
            guard let limit = DeletionLimit(text) else {
                throw ValidationError("expected a number or a percentage, for example 50 or 10%")
            }
            return limit
        })
    var maxDelete = DeletionLimit.standard

    @Flag(help: "Take over entities that another source owns.")
    var adopt = false

    func validate() throws {
        guard ImportSource(keyPrefix: "", name: source) != nil else {
            throw ValidationError(
                "--source is '\(source)'; give up to 64 of a-z, 0-9, - and _, a letter or digit first.")
        }
        guard prune || !pruneMissing else { throw ValidationError("--prune-missing goes with --prune.") }
    }

    /// The source, for keys with such a prefix.
    func source(keyPrefix: String) -> ImportSource {
        // The name was found valid.
        ImportSource(keyPrefix: keyPrefix, name: source) ?? ImportSource(keyPrefix: keyPrefix)
    }

    func options(isStrict: Bool) -> SyncOptions {
        var options = SyncOptions()
        options.refusesVanished = isStrict
        options.prunes = prune
        options.prunesMissing = pruneMissing
        options.deletionLimit = maxDelete
        options.adopts = adopt
        return options
    }
}
