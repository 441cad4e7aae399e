import Glibc

/// A question that only the user can answer, unless `--yes` has.
enum Confirmation {
    /// Makes sure that somebody can answer, before any work is done.
    static func requirePossible(_ isConfirmed: Bool) throws(Failure) {
        guard isConfirmed || isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                .usage,
                "confirmation required, but standard input is not a terminal; nothing changed; pass --yes")
        }
    }

    /// Asks, and goes on with `y` or `yes` only.
    static func ask(_ question: String, isConfirmed: Bool) throws(Failure) {
        if isConfirmed { return }
        try requirePossible(isConfirmed)
        Console.write("\(question) [y/N] ")
        try Console.finish()
        let answer = (readLine() ?? "").lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure(.declined, "declined; nothing changed") }
    }
}
