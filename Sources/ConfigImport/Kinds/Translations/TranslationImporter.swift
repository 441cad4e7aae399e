import CSV
import UCG

/// `translations*.csv`, in the directory and in its layer folders: one entity a
/// key, locale and layer.
struct TranslationImporter {
    /// Where a text stands: in a row, and in the wide form in its locale's column.
    private struct TextPlace: Hashable {
        let origin: EntityOrigin
        let locale: Int
    }

    /// How many rows and entities there are.
    private(set) var counts = KindCounts()
    private(set) var locales = LocaleTable()
    private(set) var catalog = TranslationCatalog()
    /// Texts that stand in an earlier row with the same value.
    private var skipped: Set<TextPlace> = []
    /// The number of the first identity of each file.
    private var firstIdentities: [Int: Int] = [:]
}

/// One file while it is read: what its rows have in common, made anew only where the locale changes.
private struct TranslationFile {
    let number: Int
    /// The number of its layer and scope.
    let group: Int
    /// Where its header begins.
    let header: CSVPosition
    /// The key of the row at hand.
    var key: [UInt8] = []
    /// What the name of the id begins with; the key comes next.
    private(set) var nameBeginning: [UInt8] = []
    /// `locale`, `layer` and `scope`.
    private(set) var members = JSONWriter()
    private let source: TranslationSource
    private var locale = -1

    init(_ number: Int, source: TranslationSource, group: Int, header: CSVPosition) {
        self.number = number
        self.group = group
        self.header = header
        self.source = source
    }

    /// Prepares for the locale of that number.
    ///
    /// - Returns: Whether it is another one than before.
    @discardableResult
    mutating func choose(_ number: Int, _ locales: LocaleTable) -> Bool {
        if number == locale { return false }
        locale = number
        let text = locales[number].rawValue
        var name = EntityName()
        name.begin(.translation)
        name.append(text)
        name.appendColon()
        name.append(source.layer.rawValue)
        name.appendColon()
        name.append(source.scope ?? "")
        name.appendColon()
        nameBeginning = name.bytes
        members.removeAll()
        members.key("locale")
        members.string(text)
        members.key("layer")
        members.string(source.layer.rawValue)
        members.key("scope")
        if let scope = source.scope { members.string(scope) } else { members.null() }
        return true
    }
}

// The first pass.
extension TranslationImporter {
    mutating func check(
        _ file: ConfigFile, _ pass: inout CheckPass, source: TranslationSource
    ) throws(InputError) {
        let number = file.index
        var rows = try pass.open(file)
        var form: TranslationForm?
        let binding = pass.bind(rows) { TranslationLayout.choose($0, source: source, form: &form, log: &$1) }
        let group = catalog.group(of: source, file: number)
        firstIdentities[number] = pass.identities.count
        guard let binding, let form else {
            if rows.hasHeader || rows.isBroken { catalog.noteUnreadRows(of: group) }
            return
        }
        let columns = TranslationColumns(form, binding: binding, locales: &locales)
        declareLocales(columns, of: rows, group: group)
        var table = TranslationFile(number, source: source, group: group, header: rows.headerPositions[0])
        var intake = TextIntake(identities: &pass.identities, texts: &catalog.texts, worker: pass.worker)
        var numbers = NumberColumns(columns)
        while try rows.next(&pass.log) {
            take(
                rows.reader.record, columns: columns, table: &table, intake: &intake, numbers: &numbers,
                pass: &pass)
        }
        numbers.warn(rows, &pass.log)
        var duplicates: [TextIntake.Duplicate] = []
        intake.finish(identities: &pass.identities, texts: &catalog.texts) { duplicates.append($0) }
        for duplicate in duplicates { report(duplicate, columns: columns, &pass) }
        counts.entities = catalog.texts.count
        if rows.isBroken || !rows.lostTexts.isEmpty { catalog.noteUnreadRows(of: group) }
        counts.rows += rows.rowCount
        pass.finish(rows)
    }

    /// Takes in the texts of a row, or says what is wrong with it.
    ///
    /// Whatever looks at a record gets it from here: reaching into its owner for it copies it each time.
    private mutating func take(
        _ record: borrowing CSVRecord, columns: TranslationColumns, table: inout TranslationFile,
        intake: inout TextIntake, numbers: inout NumberColumns, pass: inout CheckPass
    ) {
        if !columns.binding.check(record, &pass.log), !columns.hasIdentity(record) {
            return catalog.noteUnreadRows(of: table.group)
        }
        let rowLocale: Int?
        do throws(TranslationColumns.Problem) {
            rowLocale = try columns.readKey(record, into: &table.key, &locales)
        } catch {
            catalog.noteUnreadRows(of: table.group)
            return report(error, at: record, columns: columns, path: pass.paths[table.number], &pass)
        }
        if let rowLocale {
            catalog.declare(
                .init(locale: rowLocale, file: table.number, position: table.header, field: nil),
                of: table.group)
        }
        let origin = EntityOrigin(file: table.number, line: record.line)
        if SimilarNames<TranslationCatalog.KeyPlace>.isOfInterest(table.key.span) {
            noteKey(of: record, columns: columns, table: table)
        }
        var hasText = false
        for index in columns.texts.indices {
            let field = columns.texts[index].field
            if record.isAbsent(field) { continue }
            hasText = true
            numbers.look(at: record, index)
            let locale = rowLocale ?? columns.texts[index].locale
            if table.choose(locale, locales) { catalog.noteText(of: table.group, locale: locale) }
            let entry = record.withField(field) { value in
                TextTable.Entry(
                    key: Fingerprint(table.key.span, group: table.group), value: Fingerprint(value),
                    placeholders: catalog.placeholders(in: value), locale: UInt16(clamping: locale))
            }
            let cell = columns.isWide ? field : columns.keyCell.field ?? 0
            intake.append(
                .init(entry, origin: origin, column: index, position: record.position(of: cell)),
                named: table.nameBeginning, key: table.key
            ) { report($0, columns: columns, &pass) }
        }
        if !hasText {
            catalog.note(
                .init(
                    key: Fingerprint(table.key.span, group: table.group),
                    text: String(decoding: table.key, as: UTF8.self), group: table.group, file: table.number,
                    position: columns.keyCell.position(record)))
        }
    }

    private mutating func noteKey(
        of record: borrowing CSVRecord, columns: TranslationColumns, table: TranslationFile
    ) {
        catalog.similarKeys.add(
            String(decoding: table.key, as: UTF8.self), scope: table.group,
            at: .init(
                file: table.number, position: columns.keyCell.position(record), field: columns.keyCell.name,
                group: table.group))
    }

    /// Notes the locales that the file's name or its header gives, with or without rows.
    private mutating func declareLocales(
        _ columns: TranslationColumns, of rows: borrowing RowReader, group: Int
    ) {
        let number = rows.file.index
        if columns.hasRowLocale { return }
        for text in columns.texts {
            catalog.declare(
                .init(
                    locale: text.locale, file: number,
                    position: rows.headerPositions[columns.isWide ? text.field : 0],
                    field: columns.isWide ? text.cell.name : nil),
                of: group)
        }
    }

    /// Notes a text that an earlier row has, in its locale, layer and scope.
    private mutating func report(
        _ duplicate: TextIntake.Duplicate, columns: TranslationColumns, _ pass: inout CheckPass
    ) {
        let text = duplicate.text
        let cell = columns.isWide ? columns.texts[text.column].cell : columns.keyCell
        let locale = Int(text.entry.locale)
        if duplicate.isSame { skipped.insert(TextPlace(origin: text.origin, locale: locale)) }
        pass.log.add(
            duplicate.isSame ? .warning : .error, .duplicate, in: pass.paths[Int(text.origin.file)],
            at: text.position, field: cell.name,
            reason: "\(PlainText.quoted(duplicate.key.span)) in \(locales[locale]) is given already at "
                + pass.place(duplicate.earlier)
                + (duplicate.isSame ? " with the same value; skipped" : " with another value"))
    }

    private func report(
        _ problem: TranslationColumns.Problem, at record: borrowing CSVRecord, columns: TranslationColumns,
        path: String, _ pass: inout CheckPass
    ) {
        var cell = columns.keyCell
        if case .invalidKey = problem { cell = columns.faultyKeyCell(record) }
        let (code, reason): (IssueCode, String) =
            switch problem {
            case .missingLocale(nil):
                (
                    .missingLocale,
                    "\(PlainText.quoted(cell.text(record) ?? "")) has no '@' with a locale behind it, as in "
                        + "nav.home@de; else name the file translations.<locale>.csv or add a column 'locale'"
                )
            case .missingLocale(""?):
                (.missingLocale, "nothing stands behind the last '@'; expected a locale such as de or de_DE")
            case .missingLocale(let text?):
                (.missingLocale, "behind the last '@', " + ColumnKind.locale.refusal(of: text.utf8.span))
            case .invalidKey(let key):
                (.invalidValue, ColumnKind.translationKey.refusal(of: key.utf8.span))
            }
        pass.log.add(.error, code, in: path, at: cell.position(record), field: cell.name, reason: reason)
    }
}

// The second pass.
extension TranslationImporter {
    /// Reads the file again; its ids are those of the first pass, and so must its texts be.
    func build(
        _ file: ConfigFile, source: TranslationSource, options: ImportOptions, identities: IdentityTable,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        let number = file.index
        var pass = BuildPass(options)
        var rows = try pass.open(file)
        var form: TranslationForm?
        let binding = try pass.bind(rows) {
            TranslationLayout.choose($0, source: source, form: &form, log: &$1)
        }
        guard let binding, let form else { return }
        var locales = locales
        let columns = TranslationColumns(form, binding: binding, locales: &locales)
        let group = catalog.group(file: number)
        var table = TranslationFile(number, source: source, group: group, header: rows.headerPositions[0])
        var identity = firstIdentities[number] ?? 0
        var entity = Entity(
            type: .translation, id: EntityID.namespace, origin: EntityOrigin(file: number, line: 1))
        while try pass.next(&rows, binding) {
            let isSame = try build(
                rows.reader.record, columns: columns, table: &table, locales: &locales,
                identities: identities,
                identity: &identity, entity: &entity, emit: emit)
            guard isSame else { throw InputError.changed(file.path) }
        }
    }

    /// Hands the texts of a row on as entities; false if they are not those of the first pass.
    private func build(
        _ record: borrowing CSVRecord, columns: TranslationColumns, table: inout TranslationFile,
        locales: inout LocaleTable, identities: IdentityTable, identity: inout Int, entity: inout Entity,
        emit: (borrowing Entity) throws -> Void
    ) throws -> Bool {
        let rowLocale: Int?
        do {
            rowLocale = try columns.readKey(record, into: &table.key, &locales)
        } catch {
            return false
        }
        entity.origin = EntityOrigin(file: table.number, line: record.line)
        let keyPrint = Fingerprint(table.key.span, group: table.group)
        for index in columns.texts.indices {
            let field = columns.texts[index].field
            if record.isAbsent(field) { continue }
            let locale = rowLocale ?? columns.texts[index].locale
            if !skipped.isEmpty, skipped.contains(TextPlace(origin: entity.origin, locale: locale)) {
                continue
            }
            guard identity < identities.count else { return false }
            let checked = catalog.texts.entry(identity: identity)
            let value = record.withField(field) { Fingerprint($0) }
            guard checked.key == keyPrint, checked.value == value,
                checked.locale == UInt16(clamping: locale)
            else { return false }
            table.choose(locale, locales)
            entity.id = identities[identity]
            identity += 1
            entity.data.removeAll()
            entity.data.beginObject()
            columns.binding.write(record, to: &entity.data) { member, memberKey, json in
                switch member {
                case .key:
                    json.key(memberKey)
                    json.string(table.key.span)
                case .locale:
                    json.members(table.members)  // layer and scope, which come next, are in it
                case .value:
                    json.key(memberKey)
                    record.withField(field) { json.string($0) }
                case .placeholders:
                    json.key(memberKey)
                    record.withField(field) { Placeholders.write($0, to: &json) }
                default:
                    return
                }
            }
            entity.data.endObject()
            try emit(entity)
        }
        return true
    }
}
