import CSV

/// Text that looks like other text: the same but for white space or invisible characters.
enum LookAlike {
    /// The text without white space and invisible characters (Unicode categories Zs and Cf, and tab).
    static func bare(_ text: String) -> String {
        var bare = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isUnseen(scalar) { bare.append(scalar) }
        return String(bare)
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\t" { return true }
        switch scalar.properties.generalCategory {
        case .format, .spaceSeparator: return true
        default: return false
        }
    }

    /// The first character of a key or name that is invisible; joiners between letters count as seen, as Persian and
    /// Indic scripts need them.
    static func invisibleCharacter(in text: String) -> Unicode.Scalar? {
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() where scalar.properties.generalCategory == .format {
            let isJoiner = scalar.value == 0x200C || scalar.value == 0x200D
            let isBetweenLetters =
                index > 0 && index + 1 < scalars.count && isLetter(scalars[index - 1])
                && isLetter(scalars[index + 1])
            if !(isJoiner && isBetweenLetters) { return scalar }
        }
        return nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }

    /// Reports columns whose names look like known ones.
    ///
    /// - Returns: Whether there are none.
    static func check(
        _ rows: borrowing RowReader, _ log: inout IssueLog
    ) -> Bool {
        let names = rows.file.kind.columnNames
        var isValid = true
        for (field, name) in rows.header.enumerated() {
            let bare = bare(name)
            guard bare != name, names.contains(bare.asciiLowercased) else { continue }
            isValid = false
            log.add(
                .error, .lookAlike, in: rows.file.path, at: rows.headerPositions[field], field: name,
                reason:
                    "looks like the column \(PlainText.quoted(bare)), with white space or invisible characters; remove them"
            )
        }
        return isValid
    }
}
