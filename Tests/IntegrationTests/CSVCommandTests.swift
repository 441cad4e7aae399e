import Foundation
import TestSupport
import Testing

/// `reed-import csv` as a filter.
struct CSVCommandTests {
    @Test("Records are JSON arrays, one a line, from standard input or a FIFO")
    func records() throws {
        let text = "a,b\r\n\"x\ny\",\"q\"\"\u{1}\"\r\n\r\n,é"
        let expected = "[\"a\",\"b\"]\n[\"x\\ny\",\"q\\\"\\u0001\"]\n[\"\",\"é\"]\n"
        let result = try reedImport("csv", "-", input: text)
        #expect(result.output == expected)
        #expect(result.status == 0)
        let folder = try TemporaryDirectory()
        let path = folder.path + "/pipe"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        let writer = Thread {
            try? text.write(to: URL(fileURLWithPath: path), atomically: false, encoding: .utf8)
        }
        writer.start()
        #expect(try reedImport("csv", path, "--chunk-size", "3").output == expected)
    }

    @Test("A fault names file, line and column, behind the records before it")
    func fault() throws {
        let result = try reedImport("csv", "-", input: "a,b\n1,2\n3,x\"y\n")
        #expect(result.status == 65)
        #expect(result.output == "[\"a\",\"b\"]\n[\"1\",\"2\"]\n")
        #expect(
            result.errors
                == """
                <stdin>:3:4: error: quote inside an unquoted field [quote-in-unquoted]
                    = help: quote the whole field and double the quotes in it

                """)
    }

    @Test("Records, fields and bytes of text are counted")
    func count() throws {
        let result = try reedImport("csv", "--count", "-", input: "a,b\n\"x\"\"y\",\n\n\"\",ü\n")
        #expect(result.output == "3 records, 6 fields, 7 bytes of text\n")
        #expect(result.status == 0)
        let faulty = try reedImport("csv", "--count", "-", input: "a,b\n1\n")
        #expect(faulty.status == 65)
        #expect(faulty.output == "")
        #expect(try reedImport("csv", "--count", "-", input: "").output.hasPrefix("0 records, 0 fields"))
    }

    @Test("Comments are data here, and delimiters can be chosen", arguments: [";", "semicolon", "auto"])
    func dialect(delimiter: String) throws {
        let result = try reedImport("csv", "-", "--delimiter", delimiter, input: "#a;b,c;d\n1;2;3\n")
        #expect(result.output == "[\"#a\",\"b,c\",\"d\"]\n[\"1\",\"2\",\"3\"]\n")
        #expect(result.errors == (delimiter == "auto" ? "<stdin>: semicolon-delimited\n" : ""))
    }

    @Test("Limits are options")
    func limits() throws {
        #expect(try reedImport("csv", "-", "--max-field", "3", input: "abc\n").status == 0)
        #expect(try reedImport("csv", "-", "--max-field", "2", input: "abc\n").status == 65)
        #expect(
            try reedImport("csv", "-", "--max-record", "1KiB", "--max-columns", "2", input: "a,b,c\n").status
                == 65)
    }

    @Test(
        "What cannot be read is no input; standard output that is full is a failure, one that is closed is none"
    )
    func output() throws {
        #expect(try reedImport("csv", "fixtures/none.csv").status == 66)
        #expect(try reedImport("csv", "fixtures").status == 66)
        let program = try reedImportPath()
        let full = try run("/bin/sh", ["-c", "'\(program)' csv fixtures/config/themes.csv >/dev/full"])
        #expect(full.status == 74)
        #expect(full.errors == "reed-import: cannot write to standard output: No space left on device\n")
        let closed = try run(
            "/bin/sh", ["-c", "{ '\(program)' csv -; echo $? >&2; } < /dev/zero | true"])
        #expect(closed.status == 0)
        let folder = try TemporaryDirectory()
        try folder.write("a,b\n" + String(repeating: "1,2\n", count: 300_000), to: "long.csv")
        let head = try run(
            "/bin/sh", ["-c", "{ '\(program)' csv '\(folder.path)/long.csv'; echo $? >&2; } | head -n 1"])
        #expect(head.output == "[\"a\",\"b\"]\n")
        #expect(head.errors == "0\n")
    }
}
