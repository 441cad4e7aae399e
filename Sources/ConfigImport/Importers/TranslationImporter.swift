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

/// What all translations of one file into one locale have in common, made once.
private struct TranslationPlace {
    let locale: Int
    /// `locale`, `layer` and `scope`.
    let members: JSONWriter
    private var name = EntityName()

    init(_ number: Int, _ locale: Locale, _ source: TranslationSource) {
        self.locale = number
        name.begin(.translation)
        name.append(locale.rawValue)
        name.appendColon()
        name.append(source.layer.rawValue)
        name.appendColon()
        name.append(source.scope ?? "")
        name.appendColon()
        name.keep()
        var members = JSONWriter()
        members.key("locale")
        members.string(locale.rawValue)
        members.key("layer")
        members.string(source.layer.rawValue)
        members.key("scope")
        if let scope = source.scope { members.string(scope) } else { members.null() }
        self.members = members
    }

    /// The id of the translation of `key`.
    mutating func id(of key: [UInt8]) -> EntityID {
        name.rewind()
        name.append(key.span)
        return name.id
    }
}

// The first pass.
extension TranslationImporter {
    mutating func check(
        _ file: ConfigFile, _ source: TranslationSource, number: Int, _ pass: inout CheckPass
    ) throws(InputError) {
        var rows = try pass.open(file)
        var form: TranslationForm?
        let binding = pass.bind(rows) { TranslationLayout.choose($0, source, &form, &$1) }
        let group = catalog.group(of: source, file: number)
        firstIdentities[number] = pass.identities.count
        guard let binding, let form else {
            if rows.hasHeader || rows.isBroken { catalog.noteUnreadRows(of: group) }
            return
        }
        let columns = TranslationColumns(form, binding, &locales)
        declareLocales(columns, rows, number, group)
        var key: [UInt8] = []
        var place: TranslationPlace?
        while try rows.next(&pass.log) {
            if !binding.check(rows.reader.record, &pass.log), !columns.hasIdentity(rows.reader.record) {
                catalog.noteUnreadRows(of: group)
                continue
            }
            do throws(TranslationColumns.Problem) {
                let rowLocale = try columns.readKey(rows.reader.record, into: &key, &locales)
                if let rowLocale {
                    catalog.declare(
                        .init(locale: rowLocale, file: number, position: rows.headerPositions[0], field: nil),
                        of: group)
                }
                let origin = EntityOrigin(file: number, line: rows.reader.record.line)
                for index in columns.texts.indices {
                    let field = columns.texts[index].field
                    if rows.reader.record.isAbsent(field) { continue }
                    let locale = rowLocale ?? columns.texts[index].locale
                    if place?.locale != locale { place = TranslationPlace(locale, locales[locale], source) }
                    guard let id = place?.id(of: key) else { continue }
                    let entry = rows.reader.record.withField(field) { value in
                        TranslationCatalog.Entry(
                            key: Fingerprint(key.span, group: group), value: Fingerprint(value),
                            placeholders: catalog.placeholders(in: value), locale: UInt16(clamping: locale))
                    }
                    define(id, entry, origin, index, key, rows.reader.record, columns, &pass)
                }
            } catch {
                catalog.noteUnreadRows(of: group)
                report(error, columns, rows.reader.record, file, &pass)
            }
        }
        if rows.isBroken || !rows.lostTexts.isEmpty { catalog.noteUnreadRows(of: group) }
        counts.rows += rows.rowCount
        pass.finish(rows)
    }

    /// Notes the locales that the file's name or its header gives, with or without rows.
    private mutating func declareLocales(
        _ columns: TranslationColumns, _ rows: borrowing RowReader, _ number: Int, _ group: Int
    ) {
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

    /// Adds one text, unless an earlier row has its key, locale, layer and scope.
    private mutating func define(
        _ id: EntityID, _ entry: TranslationCatalog.Entry, _ origin: EntityOrigin, _ text: Int,
        _ key: [UInt8], _ record: borrowing CSVRecord, _ columns: TranslationColumns, _ pass: inout CheckPass
    ) {
        guard let other = pass.identities.insert(id, origin) else {
            catalog.append(entry, identity: pass.identities.count - 1)
            counts.entities += 1
            return
        }
        let cell = columns.isWide ? columns.texts[text].cell : columns.keyCell
        let locale = Int(entry.locale)
        let isSame = catalog.entry(identity: other).value == entry.value
        if isSame { skipped.insert(TextPlace(origin: origin, locale: locale)) }
        pass.log.add(
            isSame ? .warning : .error, .duplicate, pass.paths[Int(origin.file)],
            cell.position(record), field: cell.name,
            "\(PlainText.quoted(key.span)) in \(locales[locale]) is given already at "
                + pass.place(pass.identities.origin(of: other))
                + (isSame ? " with the same value; skipped" : " with another value"))
    }

    private func report(
        _ problem: TranslationColumns.Problem, _ columns: TranslationColumns, _ record: borrowing CSVRecord,
        _ file: ConfigFile, _ pass: inout CheckPass
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
        pass.log.add(.error, code, file.path, cell.position(record), field: cell.name, reason)
    }
}

// The second pass.
extension TranslationImporter {
    /// Reads the file again; its ids are those of the first pass, and so must its texts be.
    func build(
        _ file: ConfigFile, _ source: TranslationSource, number: Int, _ options: ImportOptions,
        _ identities: IdentityTable, _ emit: (borrowing Entity) throws -> Void
    ) throws {
        var pass = BuildPass(options)
        var rows = try pass.open(file)
        var form: TranslationForm?
        let binding = try pass.bind(rows) { TranslationLayout.choose($0, source, &form, &$1) }
        guard let binding, let form else { return }
        var locales = locales
        let columns = TranslationColumns(form, binding, &locales)
        let group = catalog.group(file: number)
        var identity = firstIdentities[number] ?? 0
        var key: [UInt8] = []
        var place: TranslationPlace?
        var entity = Entity(
            type: .translation, id: EntityID.namespace, origin: EntityOrigin(file: number, line: 1))
        while try pass.next(&rows, binding) {
            let rowLocale: Int?
            do {
                rowLocale = try columns.readKey(rows.reader.record, into: &key, &locales)
            } catch {
                throw InputError.changed(file.path)
            }
            entity.origin = EntityOrigin(file: number, line: rows.reader.record.line)
            let keyPrint = Fingerprint(key.span, group: group)
            for index in columns.texts.indices {
                let field = columns.texts[index].field
                if rows.reader.record.isAbsent(field) { continue }
                let locale = rowLocale ?? columns.texts[index].locale
                if !skipped.isEmpty, skipped.contains(TextPlace(origin: entity.origin, locale: locale)) {
                    continue
                }
                guard identity < identities.count else { throw InputError.changed(file.path) }
                let checked = catalog.entry(identity: identity)
                let value = rows.reader.record.withField(field) { Fingerprint($0) }
                guard checked.key == keyPrint, checked.value == value,
                    checked.locale == UInt16(clamping: locale)
                else { throw InputError.changed(file.path) }
                if place?.locale != locale { place = TranslationPlace(locale, locales[locale], source) }
                guard let members = place?.members else { continue }
                entity.id = identities[identity]
                identity += 1
                entity.data.removeAll()
                entity.data.beginObject()
                binding.write(rows.reader.record, to: &entity.data) { member, memberKey, json in
                    switch member {
                    case .key:
                        json.key(memberKey)
                        json.string(key.span)
                    case .locale:
                        json.members(members)  // layer and scope, which come next, are in it
                    case .value:
                        json.key(memberKey)
                        rows.reader.record.withField(field) { json.string($0) }
                    case .placeholders:
                        json.key(memberKey)
                        rows.reader.record.withField(field) { Placeholders.write($0, to: &json) }
                    default:
                        return
                    }
                }
                entity.data.endObject()
                try emit(entity)
            }
        }
    }
}
