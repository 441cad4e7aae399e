import CSV
import UCG

/// Says what the comparison of the locales found.
///
/// The first pass keeps no text, so the rows that are named are read again.
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
    init(of importer: TranslationImporter, files: [ConfigFile], pass: CheckPass) {
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
        warnOfUntranslated(&pass)
        warnOfSimilarKeys(&pass)
    }

    /// Warns of keys that have no text in any locale of their layer and scope.
    private func warnOfUntranslated(_ pass: inout CheckPass) {
        let catalog = importer.catalog
        guard !catalog.untranslated.isEmpty else { return }
        let wanted = Set(catalog.untranslated.map(\.key))
        var found: Set<Fingerprint> = []
        for index in 0..<catalog.texts.count where wanted.contains(catalog.texts[index].key) {
            found.insert(catalog.texts[index].key)
        }
        var groups: [Int: [TranslationCatalog.Untranslated]] = [:]
        for row in catalog.untranslated where found.insert(row.key).inserted {
            groups[row.group, default: []].append(row)
        }
        for (_, rows) in groups.sorted(by: { $0.key < $1.key }) {
            let names = PlainText.list(rows.lazy.map(\.text), count: rows.count)
            pass.log.add(
                .warning, .missingTranslation, in: pass.paths[rows[0].file], at: rows[0].position,
                reason: rows.count == 1
                    ? "\(names) has no value in any locale"
                    : "\(rows.count) keys have no value in any locale: \(names)")
        }
    }

    /// Warns of keys that differ only in letter case, or in how characters are composed.
    private func warnOfSimilarKeys(_ pass: inout CheckPass) {
        let catalog = importer.catalog
        var pairs = catalog.similarKeys.pairs
        var keys: Set<Fingerprint>?
        pairs += catalog.similarKeys.pairs { lowered, place in
            if keys == nil {
                var all = Set<Fingerprint>(minimumCapacity: catalog.texts.count)
                for index in 0..<catalog.texts.count { all.insert(catalog.texts[index].key) }
                keys = all
            }
            return keys?.contains(Fingerprint(Array(lowered.utf8).span, group: place.group)) ?? false
        }
        for pair in pairs {
            let other =
                pair.otherPlace.map { " at \(PlainText.escaped(pass.paths[$0.file])):\($0.position.line)" }
                ?? ""
            pass.log.add(
                .warning, .similarKey, in: pass.paths[pair.place.file], at: pair.place.position,
                field: pair.place.field,
                reason:
                    "\(PlainText.quoted(pair.name)) and \(PlainText.quoted(pair.other))\(other) are the same but for "
                    + "letter case or the composition of characters")
        }
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
            return names.isEmpty ? "none" : PlainText.escaped(names.joined(separator: " "))
        }
        pass.log.add(
            .warning, .placeholders, in: pass.paths[Int(place.file)],
            at: text?.position ?? CSVPosition(line: Int(place.line), column: 1), field: text?.field,
            reason: "placeholders of \(locale(mismatch.entry)) are \(list(mismatch.entry)), those of "
                + "\(locale(mismatch.reference)) at \(pass.place(origin(mismatch.reference, pass))) are "
                + list(mismatch.reference))
    }

    private func warn(_ gap: TranslationCoverage.Locale, _ pass: inout CheckPass) {
        let total = coverage.keyCounts[gap.group]
        let missing = total - gap.keys
        let names = gap.lacking.compactMap { recalled[$0]?.key }
        let source = importer.catalog.groups[gap.group]
        let scope = source.scope.map { " \(PlainText.quoted($0))" } ?? ""
        pass.log.add(
            .warning, .missingTranslation, in: pass.paths[gap.declaration.file], at: gap.declaration.position,
            field: gap.declaration.field,
            reason: "\(importer.locales[gap.locale]) has \(gap.keys) of the \(total) keys of the layer "
                + "\(source.layer.rawValue)\(scope) (\(gap.keys * 100 / total) %); it lacks "
                + PlainText.list(names, count: missing))
    }

    /// Reads the rows of these entries again.
    private mutating func recall(_ entries: Set<Int>, _ pass: CheckPass) throws(InputError) {
        var wanted: [UInt32: [Int]] = [:]
        for entry in entries { wanted[origin(entry, pass).file, default: []].append(entry) }
        for file in files {
            if let entries = wanted[UInt32(file.index)] { try recall(entries, in: file, pass) }
        }
    }

    private mutating func recall(_ entries: [Int], in file: ConfigFile, _ pass: CheckPass) throws(InputError)
    {
        var again = RereadPass(pass.options)
        guard let opened = try TranslationRows.open(file, in: &again) else { return }
        var locales = importer.locales
        let columns = TranslationColumns(opened.form, binding: opened.rows.columns, locales: &locales)
        var rows = opened.rows
        let byLine = Dictionary(grouping: entries) { origin($0, pass).line }
        var key: [UInt8] = []
        while try again.next(&rows) {
            guard let entries = byLine[UInt32(clamping: rows.record.line)] else { continue }
            // The row was read before, so its key can be read again; a new file shows in the second pass.
            _ = try? columns.readKey(rows.record, into: &key, &locales)
            for entry in entries {
                let locale = Int(importer.catalog.texts[entry].locale)
                guard let text = columns.texts.first(where: { !columns.isWide || $0.locale == locale }) else {
                    continue
                }
                recalled[entry] = Recalled(
                    key: String(decoding: key, as: UTF8.self),
                    position: text.cell.position(rows.record), field: text.cell.name)
            }
        }
    }
}
