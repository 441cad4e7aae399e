import CSV
import UCG

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
            TranslationLayout.choose($0, source: source, log: &$1).map { chosen in
                form = chosen.form
                return chosen.layout
            }
        }
        guard let binding, let form else { return }
        var locales = locales
        let columns = TranslationColumns(form, binding: binding, locales: &locales)
        let table = TranslationFile(
            number, source: source, group: catalog.group(file: number), header: rows.headerPositions[0])
        var builder = TranslationBuilder(
            importer: self, columns: columns, identities: identities, table: table, locales: locales,
            identity: firstIdentities[number] ?? 0)
        var entity = Entity(
            type: .translation, id: EntityID.namespace, origin: EntityOrigin(file: number, line: 1))
        while try pass.next(&rows, binding) {
            guard try builder.build(rows.reader.record, in: &entity, emit: emit) else {
                throw InputError.changed(file.path)
            }
        }
    }
}

/// Builds the entities of one file's rows.
private struct TranslationBuilder {
    let importer: TranslationImporter
    let columns: TranslationColumns
    let identities: IdentityTable
    var table: TranslationFile
    var locales: LocaleTable
    /// The number of the next text's identity.
    var identity: Int

    /// Passes the texts of a row to `emit` as entities; returns false if they are not those of the first pass.
    ///
    /// - Parameter entity: Its memory is used for each of them.
    mutating func build(
        _ record: borrowing CSVRecord, in entity: inout Entity, emit: (borrowing Entity) throws -> Void
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
            if !importer.skipped.isEmpty,
                importer.skipped.contains(
                    TranslationImporter.TextPlace(origin: entity.origin, locale: locale))
            {
                continue
            }
            guard identity < identities.count else { return false }
            let checked = importer.catalog.texts.entry(identity: identity)
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
