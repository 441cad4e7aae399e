import Foundation
import TestSupport
import Testing

@testable import PostgresBackup

/// What a dump holds, found out from pieces of any size.
struct DumpContentsTests {
    /// A dump with texts that look like statements but are none.
    static let dump = #"""
        --
        -- PostgreSQL database dump
        --

        \restrict abc

        -- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
        -- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

        SET lock_timeout = 0;
        ALTER DOMAIN public.d DROP CONSTRAINT IF EXISTS c;
        CREATE OR REPLACE VIEW public.v AS
        SELECT
            NULL::public.mood AS m;
        DROP SCHEMA IF EXISTS extra;
        --
        -- Name: extra; Type: SCHEMA; Schema: -; Owner: -
        --

        CREATE SCHEMA "ex;tra";

        -- Name: f(); Type: FUNCTION; Schema: public; Owner: -
        CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql AS $_$
        begin -- it's
        CREATE SCHEMA evil;
        COPY public.evil (a) FROM stdin;
        perform $1 + '$$' $x$;
        end $_$;
        CREATE FUNCTION public.s(i integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC
         SELECT $1;
         SELECT i;
        END;
        COMMENT ON TABLE public.t IS 'it''s
        CREATE TABLE evil (
        -- Name: x; \! touch x
        ';
        CREATE TABLE public.t (
            a text DEFAULT E'\\''x'::text /* no; /* nor here; */ statement */
        );
        CREATE UNLOGGED TABLE "ex;tra"."a b" ();
        COPY public.t (a, "b;c") FROM stdin;
        \\.	1
        \.x
        CREATE SCHEMA evil;

        \.
        COPY "ex;tra"."a b"  FROM stdin;
        \.
        BEGIN;
        SELECT pg_catalog.lo_open('16458', 131072);
        COMMIT;
        --
        -- PostgreSQL database dump complete
        --

        \unrestrict abc


        """#

    private func contents(_ text: String, chunk: Int = 65536) -> DumpContents {
        var contents = DumpContents()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            contents.read(Array(bytes[start..<min(start + chunk, bytes.count)]).span)
        }
        return contents
    }

    @Test("Tables, rows, schemas and versions, whatever the pieces", arguments: [1, 2, 3, 7, 64, 65536])
    func found(chunk: Int) {
        let contents = contents(Self.dump, chunk: chunk)
        #expect(contents.rows == ["public.t": 4, "\"ex;tra\".\"a b\"": 0])
        #expect(contents.tableCount == 2)
        #expect(contents.schemas == ["public", "\"ex;tra\""])
        #expect(contents.serverVersion == PostgresVersion(major: 15, minor: 18))
        #expect(contents.dumpVersion == PostgresVersion(major: 15, minor: 18))
        #expect(contents.isRestricted)
        #expect(contents.isComplete)
        #expect(contents.unexpectedCommand == nil)
        let bytes = Array(Self.dump.utf8)
        let omitted = contents.omissions.map { String(decoding: bytes[$0], as: UTF8.self) }
        #expect(
            omitted == [
                "SET lock_timeout = 0;", "ALTER DOMAIN public.d DROP CONSTRAINT IF EXISTS c;",
                "CREATE OR REPLACE VIEW public.v AS\nSELECT\n    NULL::public.mood AS m;", "BEGIN;",
                "COMMIT;",
            ])
    }

    @Test("A dump that ends anywhere before its end is not complete")
    func prefixes() {
        let bytes = Array(Self.dump.utf8)
        let end = Self.dump.range(of: "\\unrestrict abc\n")
        let length = Self.dump[..<end!.upperBound].utf8.count
        for count in 0..<length {
            #expect(!contents(String(decoding: bytes[..<count], as: UTF8.self)).isComplete, "\(count)")
        }
        #expect(contents(String(decoding: bytes[..<length], as: UTF8.self)).isComplete)
    }

    @Test(
        "Commands for psql, and text behind the end, are noticed",
        arguments: [
            "\\! touch x\n", "SELECT 1 \\gexec\n", "\\restrict abc\n", "\\unrestrict other\n",
            "\\connect x\n",
            "commit;\n", "COMMIT WORK;\n", "END;\n", "Commit And Chain;\n", "rollback;\n", "savepoint x;\n",
            "select E'\\''; --'\n;\nselect E'\\'';\n\\! touch x\n--'\n", "select E'a''\\''; commit; --'\n;\n",
        ])
    func commands(text: String) {
        let changed = Self.dump.replacing("SET lock_timeout = 0;\n", with: text)
        #expect(contents(changed).unexpectedCommand != nil)
        #expect(!contents(Self.dump + "SELECT 1;\n").isComplete)
        #expect(!contents(Self.dump.replacing("\\unrestrict abc\n", with: "")).isComplete)
    }

    @Test("Omissions are blanked, lines stay where they are", arguments: [1, 5, 65536])
    func filter(chunk: Int) {
        let bytes = Array(Self.dump.utf8)
        var filter = OmissionFilter(contents(Self.dump).omissions)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            result += filter.filtered(Array(bytes[start..<min(start + chunk, bytes.count)]))
        }
        let text = String(decoding: result, as: UTF8.self)
        #expect(result.count == bytes.count)
        #expect(text.filter { $0 == "\n" }.count == Self.dump.filter { $0 == "\n" }.count)
        #expect(!text.contains("NULL::public.mood"))
        #expect(!text.contains("BEGIN;"))
        #expect(text.contains("BEGIN ATOMIC"))
        #expect(text.contains("DROP SCHEMA IF EXISTS extra;"))
    }

    @Test("A line leads to the statement that has it")
    func lines() throws {
        var reader = DumpReader()
        var found: [String: ClosedRange<Int>] = [:]
        reader.read(Array(Self.dump.utf8).span) { event in
            switch event {
            case .statement(let statement), .rows(_, of: let statement):
                found[String(decoding: statement.text.prefix(12), as: UTF8.self)] = statement.lines
            case .comment, .command: break
            }
        }
        let lines = Self.dump.split(separator: "\n", omittingEmptySubsequences: false)
        let copy = try #require(lines.firstIndex { $0.hasPrefix("COPY public.t") }) + 1
        #expect(found["COPY public."] == copy...(copy + 5))
        let table = try #require(lines.firstIndex { $0.hasPrefix("CREATE TABLE public.t") }) + 1
        #expect(found["CREATE TABLE"] == table...(table + 2))
    }
}
