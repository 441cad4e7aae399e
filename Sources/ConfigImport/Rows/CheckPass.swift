import SystemSupport
import CSV
import UCG

/// The first pass over the files, which reports problems and collects what rows define.
struct CheckPass: RowPass {
    let options: ImportOptions
    /// The paths of all files, by the indices that origins have.
    let paths: [String]
    var log: IssueLog
    /// One more thread for the whole pass: one for each file would be too many.
    let worker = WorkerThread()
    var identities = IdentityTable()
    /// The types that fields can have.
    var fieldTypes = FieldTypes()
    /// The names that rows of `entities.csv` declare.
    var semanticNames = SemanticNames()
    /// The fields of each snippet, by its name, if there are instances whose data has to fit them.
    var snippetFields: [String: SnippetFields] = [:]
    /// Whether the directory has instances, or rules for them.
    let keepsFields: Bool
    /// What side files say of each snippet, by its name.
    var snippetRules: [String: SnippetRules] = [:]
    /// The types of instances, if there are rules for what may contain what.
    var instanceTypes: [EntityID: String] = [:]
    /// Whether there are such rules.
    let keepsInstanceTypes: Bool
    /// Instances that rows place by name, and that no row declares.
    var undeclared: Set<EntityID> = []
    /// References that the directory does not satisfy, and that the store may.
    var unsatisfied: Set<EntityReference> = []
    /// References that the store satisfies.
    var existing: Set<EntityReference> = []
    /// Kinds of which rows could not be read, so that references to them prove nothing.
    var broken: Set<Kind> = []
    /// The indices of files that could not be read at all.
    private(set) var unreadFiles: Set<Int> = []
    /// The names of each type's entities, among which a misspelt one is looked for.
    private var names: [EntityType: FirstNames] = [:]
    /// The texts of rows with a wrong number of fields: what they name is defined all the same.
    private(set) var lostTexts: Set<String> = []
    /// Informational messages.
    var notes: [String]

    init(_ options: ImportOptions, _ directory: ConfigDirectory) {
        self.options = options
        paths = directory.files.map(\.path)
        notes = directory.notes
        keepsFields = directory.files.contains { [.entities, .validationRules].contains($0.kind) }
        keepsInstanceTypes = directory.files.contains { $0.kind == .snippetRelationships }
        broken = directory.misnamedKinds
        log = IssueLog(strict: options.isStrict)
        for issue in directory.issues { log.add(issue) }
    }

    var checksCells: Bool { true }
    var expectsNoErrors: Bool { false }

    /// Whether rows that could not be read may define entities of a type.
    func isBroken(_ type: EntityType) -> Bool { broken.contains { $0.types.contains(type) } }

    /// Notes the name of an entity, for suggestions.
    mutating func recordName(_ name: @autoclosure () -> String, of type: EntityType) {
        names[type, default: FirstNames()].add(name())
    }

    /// The names of the first entities of a type.
    func names(of type: EntityType) -> [String] { names[type]?.names ?? [] }

    /// `PATH:LINE`, for naming the other place.
    func place(_ origin: EntityOrigin) -> String {
        "\(PlainText.escaped(paths[Int(origin.file)])):\(origin.line)"
    }

    /// What somebody may have meant; nothing if the issue would not be shown anyway.
    func suggestion(
        for word: String, among names: some Sequence<String>, in path: String,
        _ severity: Issue.Severity = .error
    ) -> String {
        log.showsMore(severity, of: path) ? Suggestion.suffix(for: word, among: names) : ""
    }

    /// What field type somebody may have meant, or which there are; nothing if the issue would not be shown anyway.
    func typeSuggestion(for name: String, in path: String) -> String {
        log.showsMore(.error, of: path) ? fieldTypes.suggestion(for: name) : ""
    }

    /// Adds an identity; says so if it is there already.
    ///
    /// - Returns: Whether it is new.
    mutating func define(
        _ id: EntityID, _ origin: EntityOrigin, at position: @autoclosure () -> CSVPosition, field: String,
        what: @autoclosure () -> String
    ) -> Bool {
        guard let other = identities.insert(id, origin) else { return true }
        log.add(
            .error, .duplicate, in: paths[Int(origin.file)], at: position(), field: field,
            reason: "\(what()) is defined already at \(place(identities.origin(of: other)))")
        return false
    }

    // MARK: - Going through a file

    mutating func begin(_ reader: borrowing RowReader) {
        if reader.file.dialect.delimiter == nil, reader.hasHeader {
            notes.append("\(PlainText.escaped(reader.file.path)): \(reader.csv.dialect)")
        }
        if let separator = reader.separator {
            log.add(
                .warning, .separatorLine, in: reader.file.path, at: CSVPosition(line: 1, column: 1),
                reason:
                    "a spreadsheet's line; skipped, and \(PlainText.quoted(String(UnicodeScalar(separator)))) taken as the delimiter of this file"
            )
        }
    }

    mutating func abandon(_ reader: borrowing RowReader) {
        if reader.hasHeader || reader.isBroken {
            broken.insert(reader.file.kind)
            unreadFiles.insert(reader.file.index)
        } else {
            noteEmpty(reader.file, "is empty")
        }
    }

    /// Notes how reading a file ended, and counts its rows.
    mutating func finish(_ rows: borrowing FileRows, counting counts: inout KindCounts) {
        counts.rows += rows.reader.rowCount
        if rows.reader.isBroken { broken.insert(rows.file.kind) }
        lostTexts.formUnion(rows.reader.lostTexts)
        if let empty = rows.reader.emptyRows {
            log.add(
                .warning, .emptyRow, in: rows.file.path, at: empty.first,
                reason: empty.count == 1
                    ? "a row of delimiters only; skipped" : "\(empty.count) rows of delimiters only; skipped")
        }
        if rows.reader.rowCount == 0, !rows.reader.isBroken {
            noteEmpty(rows.file, "has a header and no rows")
        }
    }

    /// Notes that a faulty row names something.
    mutating func recordLost(_ text: String) { lostTexts.insert(text) }

    private mutating func noteEmpty(_ file: ConfigFile, _ words: String) {
        notes.append("\(PlainText.escaped(file.path)) \(words)")
    }
}
