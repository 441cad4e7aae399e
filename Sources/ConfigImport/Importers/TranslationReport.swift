import CSV
import UCG

/// Says what the comparison of the locales found.
///
/// The first pass keeps no text, so the rows that are named are read once more.
struct TranslationReport {
    private let importer: TranslationImporter
    private let files: [ConfigFile]
    private let coverage: TranslationCoverage

    /// A text as its row has it.
    private struct Recalled {
        let key: String
        let position: CSVPosition
        let field: String
    }

    /// The texts that are named, by the number of their entry.
    private var recalled: [Int: Recalled] = [:]

    /// Compares the locales of everything that `importer` has read.
    init(_ importer: TranslationImporter, _ files: [ConfigFile], _ pass: CheckPass) {
        self.importer = importer
        self.files = files
        let catalog = importer.catalog
        coverage = TranslationCoverage(
            catalog,
            groupOf: {
                catalog.group(file: Int(pass.identities.origin(of: catalog.texts.identity(of: $0)).file))
            },
            localeCount: importer.locales.count)
    }

    /// Adds the warnings to the log.
    mutating func write(_ pass: inout CheckPass) throws(InputError) {
        let shown = shownMismatches(pass)
        try recall(Set(shown.map(\.entry) + coverage.gaps.flatMap(\.lacking)), pass)
        for mismatch in coverage.mismatches { warn(mismatch, &pass) }
        for gap in coverage.gaps { warn(gap, &pass) }
    }

    /// The mismatches that the log will keep: the first of each file.
    private func shownMismatches(_ pass: CheckPass) -> [TranslationCoverage.Mismatch] {
        var counts: [UInt32: Int] = [:]
        return coverage.mismatches.filter { mismatch in
            let file = origin(mismatch.entry, pass).file
            counts[file, default: 0] += 1
            return counts[file, default: 0] <= IssueLog.limit
        }
    }

    private func origin(_ entry: Int, _ pass: CheckPass) -> EntityOrigin {
        pass.identities.origin(of: importer.catalog.texts.identity(of: entry))
    }

    private func locale(_ entry: Int) -> Locale {
        importer.locales[Int(importer.catalog.texts[entry].locale)]
    }

    private func warn(_ mismatch: TranslationCoverage.Mismatch, _ pass: inout CheckPass) {
        let catalog = importer.catalog
        let place = origin(mismatch.entry, pass)
        let text = recalled[mismatch.entry]
        let list = { (entry: Int) in
            let names = catalog.names(catalog.texts[entry].placeholders)
            return names.isEmpty ? "none" : names.map { "{\($0)}" }.joined(separator: " ")
        }
        pass.log.add(
            .warning, .placeholders, pass.paths[Int(place.file)],
            text?.position ?? CSVPosition(line: Int(place.line), column: 1), field: text?.field,
            "placeholders of \(locale(mismatch.entry)) are \(list(mismatch.entry)), those of "
                + "\(locale(mismatch.reference)) at \(pass.place(origin(mismatch.reference, pass))) are "
                + list(mismatch.reference))
    }

    private func warn(_ gap: TranslationCoverage.Locale, _ pass: inout CheckPass) {
        let total = coverage.keyCounts[gap.group]
        let missing = total - gap.keys
        let names = gap.lacking.compactMap { recalled[$0].map { PlainText.quoted($0.key) } }
        let more = missing > names.count ? ", and \(missing - names.count) more" : ""
        let source = importer.catalog.groups[gap.group]
        let scope = source.scope.map { " \(PlainText.quoted($0))" } ?? ""
        pass.log.add(
            .warning, .missingTranslation, pass.paths[gap.declaration.file], gap.declaration.position,
            field: gap.declaration.field,
            "\(importer.locales[gap.locale]) has \(gap.keys) of the \(total) keys of the layer "
                + "\(source.layer.rawValue)\(scope) (\(gap.keys * 100 / total) %); it lacks "
                + names.joined(separator: ", ") + more)
    }

    /// Reads the rows of these entries once more.
    private mutating func recall(_ entries: Set<Int>, _ pass: CheckPass) throws(InputError) {
        var wanted: [UInt32: [Int]] = [:]
        for entry in entries { wanted[origin(entry, pass).file, default: []].append(entry) }
        for (number, entries) in wanted { try recall(entries, in: files[Int(number)], pass) }
    }

    private mutating func recall(_ entries: [Int], in file: ConfigFile, _ pass: CheckPass) throws(InputError)
    {
        guard case .translations(let source) = file.kind else { return }
        var reported = IssueLog()
        var locales = importer.locales
        var rows = try RowReader.open(file, pass.options, &reported)
        var form: TranslationForm?
        guard let layout = TranslationLayout.choose(rows, source, &form, &reported), let form,
            let binding = ColumnBinding(layout, rows, &reported)
        else { return }
        let columns = TranslationColumns(form, binding, &locales)
        let byLine = Dictionary(grouping: entries) { origin($0, pass).line }
        var key: [UInt8] = []
        while try rows.next(&reported) {
            guard let entries = byLine[UInt32(clamping: rows.reader.record.line)] else { continue }
            // The row was read before, so its key can be read again; a new file shows in the second pass.
            _ = try? columns.readKey(rows.reader.record, into: &key, &locales)
            for entry in entries {
                let locale = Int(importer.catalog.texts[entry].locale)
                guard let text = columns.texts.first(where: { !columns.isWide || $0.locale == locale }) else {
                    continue
                }
                recalled[entry] = Recalled(
                    key: String(decoding: key, as: UTF8.self),
                    position: text.cell.position(rows.reader.record), field: text.cell.name)
            }
        }
    }
}
