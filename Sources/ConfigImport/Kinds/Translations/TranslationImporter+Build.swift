import CSV
import UCG

// The second pass.
extension TranslationImporter {
    /// Reads the file again; its ids are those of the first pass, and so must its texts be.
    func build(
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        guard let opened = try TranslationRows.open(file, in: &pass) else { return }
        var locales = locales
        let columns = TranslationColumns(opened.form, binding: opened.rows.columns, locales: &locales)
        var rows = opened.rows
        let identities = pass.identities
        var state = FileState(
            table: TranslationFile(of: rows.reader, group: catalog.group(file: file.index)), locales: locales,
            identity: firstIdentities[file.index] ?? 0,
            entity: Entity(type: .translation, id: EntityID.namespace, origin: rows.origin))
        while try pass.next(&rows) {
            let isSame = try build(
                rows.reader.csv.record, columns: columns, identities: identities, in: &state, emit: emit)
            guard isSame else { throw InputError.changed(file.path) }
        }
    }

    /// One file while its entities are built.
    private struct FileState {
        var table: TranslationFile
        var locales: LocaleTable
        /// The number of the next text's identity.
        var identity: Int
        /// The entity at hand, whose memory is used again.
        var entity: Entity
    }

    /// Passes the texts of a row to `emit` as entities; returns false if they are not those of the first pass.
    ///
    /// What does not change is passed in, and not part of the state: reaching into an owner that changes copies it.
    private func build(
        _ record: borrowing CSVRecord, columns: TranslationColumns, identities: IdentityTable,
        in state: inout FileState, emit: (borrowing Entity) throws -> Void
    ) throws -> Bool {
        let rowLocale: Int?
        do {
            rowLocale = try columns.readKey(record, into: &state.table.key, &state.locales)
        } catch {
            return false
        }
        state.entity.origin = EntityOrigin(file: state.table.number, line: record.line)
        let keyPrint = Fingerprint(state.table.key.span, group: state.table.group)
        let key = state.table.key
        for index in columns.texts.indices {
            let field = columns.texts[index].field
            if record.isAbsent(field) { continue }
            let locale = rowLocale ?? columns.texts[index].locale
            if !skipped.isEmpty, skipped.contains(TextPlace(origin: state.entity.origin, locale: locale)) {
                continue
            }
            guard state.identity < identities.count else { return false }
            let checked = catalog.texts.entry(identity: state.identity)
            let value = record.withField(field) { Fingerprint($0) }
            guard checked.key == keyPrint, checked.value == value,
                checked.locale == UInt16(clamping: locale)
            else { return false }
            state.table.choose(locale, state.locales)
            let members = state.table.members
            state.entity.id = identities[state.identity]
            state.identity += 1
            state.entity.data.removeAll()
            state.entity.data.beginObject()
            columns.binding.write(record, to: &state.entity.data) {
                (member: TranslationLayout.Derived, memberKey, json) in
                switch member {
                case .key:
                    json.key(memberKey)
                    json.string(key.span)
                case .localeLayerScope: json.members(members)
                case .value:
                    json.key(memberKey)
                    record.withField(field) { json.string($0) }
                case .placeholders:
                    json.key(memberKey)
                    record.withField(field) { Placeholders.write($0, to: &json) }
                }
            }
            state.entity.data.endObject()
            try emit(state.entity)
        }
        return true
    }
}
