import CSV
import UCG

/// Translations: one entity for each key, locale and layer.
struct TranslationImporter: KindImporter {
    /// Where a text stands: in a row, and in the wide form in its locale's column.
    struct TextPlace: Hashable {
        let origin: EntityOrigin
        let locale: Int
    }

    /// The numbers of rows and entities.
    private(set) var counts = KindCounts()
    private(set) var locales = LocaleTable()
    private(set) var catalog = TranslationCatalog()
    /// Texts that stand in an earlier row with the same value.
    var skipped: Set<TextPlace> = []
    /// The number of the first identity of each file.
    var firstIdentities: [Int: Int] = [:]

    /// The texts of each locale, layer and scope.
    var groups: Set<EntityGroup>? { catalog.groups(locales) }

    mutating func finish(_ files: [ConfigFile], _ pass: inout CheckPass) throws(InputError) {
        LayerFolders.check(files, &pass)
        var report = TranslationReport(of: self, files: files, pass: pass)
        try report.write(&pass)
    }
}

// The first pass.
extension TranslationImporter {
    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        let opened = try TranslationRows.open(file, in: &pass)
        let group = catalog.group(of: file.place, file: file.index)
        firstIdentities[file.index] = pass.identities.count
        guard let opened else {
            if pass.unreadFiles.contains(file.index) { catalog.recordUnreadRows(of: group) }
            return
        }
        try check(opened, group: group, &pass)
    }

    private mutating func check(
        _ opened: consuming TranslationRows, group: Int, _ pass: inout CheckPass
    ) throws(InputError) {
        let columns = TranslationColumns(opened.form, binding: opened.rows.columns, locales: &locales)
        var rows = opened.rows
        declareLocales(columns, of: rows.reader, group: group)
        var table = TranslationFile(of: rows.reader, group: group)
        var tables = TextIntake.Tables()
        swap(&tables.identities, &pass.identities)
        swap(&tables.texts, &catalog.texts)
        var intake = TextIntake(into: consume tables, worker: pass.worker)
        var numbers = NumberColumns(columns)
        while try pass.next(&rows) {
            guard rows.isValid || columns.hasIdentity(rows.record) else {
                catalog.recordUnreadRows(of: group)
                continue
            }
            collect(
                rows.record, columns: columns, table: &table, intake: &intake, numbers: &numbers, pass: &pass)
        }
        numbers.warn(rows.reader, &pass.log)
        var duplicates: [TextIntake.Duplicate] = []
        tables = intake.finish { duplicates.append($0) }
        swap(&tables.identities, &pass.identities)
        swap(&tables.texts, &catalog.texts)
        for duplicate in duplicates { report(duplicate, columns: columns, &pass) }
        counts.entities = catalog.texts.count
        if rows.reader.isBroken || !rows.reader.lostTexts.isEmpty { catalog.recordUnreadRows(of: group) }
        pass.finish(rows, counting: &counts)
    }

    /// Collects the texts of a row, or reports what is wrong with it.
    ///
    /// It gets the record itself: reaching into its owner for it copies a part of it each time.
    private mutating func collect(
        _ record: borrowing CSVRecord, columns: TranslationColumns, table: inout TranslationFile,
        intake: inout TextIntake, numbers: inout NumberColumns, pass: inout CheckPass
    ) {
        let rowLocale: Int?
        do throws(TranslationColumns.Problem) {
            rowLocale = try columns.readKey(record, into: &table.key, &locales)
        } catch {
            catalog.recordUnreadRows(of: table.group)
            return report(error, at: record, columns: columns, path: pass.paths[table.number], &pass)
        }
        if let rowLocale {
            catalog.declare(
                .init(locale: rowLocale, file: table.number, position: table.header, field: nil),
                of: table.group)
        }
        let origin = EntityOrigin(file: table.number, line: record.line)
        if SimilarNames<TranslationCatalog.KeyPlace>.isOfInterest(table.key.span) {
            recordKey(of: record, columns: columns, table: table)
        }
        var hasText = false
        for index in columns.texts.indices {
            let field = columns.texts[index].field
            if record.isAbsent(field) { continue }
            hasText = true
            numbers.inspect(record, index)
            let locale = rowLocale ?? columns.texts[index].locale
            if table.choose(locale, locales) { catalog.recordText(of: table.group, locale: locale) }
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
            catalog.record(
                .init(
                    key: Fingerprint(table.key.span, group: table.group),
                    text: String(decoding: table.key, as: UTF8.self), group: table.group, file: table.number,
                    position: columns.keyCell.position(record)))
        }
    }

    private mutating func recordKey(
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
                    "\(PlainText.quoted(cell.text(record) ?? "")) has no '@' followed by a locale, as in "
                        + "nav.home@de; else name the file translations.<locale>.csv or add a column 'locale'"
                )
            case .missingLocale(""?):
                (.missingLocale, "nothing follows the last '@'; expected a locale such as de or de_DE")
            case .missingLocale(let text?):
                (.missingLocale, "after the last '@', " + ColumnKind.locale.refusal(of: text.utf8.span))
            case .invalidKey(let key):
                (.invalidValue, ColumnKind.translationKey.refusal(of: key.utf8.span))
            }
        pass.log.add(.error, code, in: path, at: cell.position(record), field: cell.name, reason: reason)
    }
}
