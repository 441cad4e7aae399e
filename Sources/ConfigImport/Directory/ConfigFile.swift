import CSV

/// One file of the configuration, with all that is known of it before it is read.
struct ConfigFile: Sendable {
    /// The `--csv` argument joined with the file's place in the directory.
    let path: String
    /// What its rows are.
    let kind: Kind
    /// The layer that it belongs to.
    let place: LayerPlace
    /// How it separates its fields.
    let dialect: FileDialect
    /// Which file it was when the run began.
    let identity: FileIdentity
    /// Its index among the files of the directory, which the origins of entities have.
    var index = 0
}
