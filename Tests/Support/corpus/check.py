#!/usr/bin/env python3
"""Judge a CSV parser command against a corpus, by differential fuzzing, or on big files.

    check.py --corpus open.jsonl [--corpus more.jsonl] [options] -- CMD ... {file}
    check.py --fuzz 2000 --seed 1 [options]                      -- CMD ... {file}
    check.py --big DIR  [--scan]                                 -- CMD ... {file}
    check.py --self --corpus cases.jsonl          (corpus against the built-in reference)
    check.py --export DIR --corpus open.jsonl     (one .csv + one .json a case)
    check.py --parse FILE [--mode lenient]        (the reference as a command, for trying things out)

The command prints every record as ONE JSON ARRAY OF STRINGS A LINE on stdout and exits 0, or
exits non-zero with a line `FILE:LINE:COL: message` on stderr (FILE = the path it was given;
LINE physical and 1-based; COL 1-based in bytes). Records before the fault may be printed.

Placeholders in the command: {file} {mode} {delimiter} {quote} {chunk}.
Arguments added only where a case needs them (each may hold the placeholder of its kind):
  --lenient-arg=--lenient  --delimiter-arg=--delimiter={delimiter}  --quote-arg=...  --comment-arg=--comment={comment}
A case that needs something the command line cannot say is skipped and counted as skipped.

Exit status: 0 all passed, 1 a failure, 2 wrong use. No dependencies beyond Python 3.8.
"""
import argparse, base64, hashlib, json, os, random, re, shutil, subprocess, sys, tempfile, time

BOM = b"\xef\xbb\xbf"

# --------------------------------------------------------------------------------------------
# The reference: written from RFC 4180's text, one byte at a time, no csv module.
# Fault = (kind, line, column or None).  STRICT is RFC 4180 section 2 + LF as a line end + a leading
# BOM skipped + a missing final line end accepted; LENIENT repairs what it can.
# --------------------------------------------------------------------------------------------
STRICT = dict(delimiter=",", quote='"', comment="", cr="error", blank="record", ragged="error", nul="error",
              utf8="error", stray="error", eof="error", early=False, late8=False, latecr=False, bomcol=0)
LENIENT = dict(STRICT, cr="newline", blank="skip", ragged="keep", nul="keep", utf8="replace", stray="keep", eof="keep")


def reference(d, o):
    """bytes -> (records, fault or None)."""
    Q, D, H = ord(o["quote"]), ord(o["delimiter"]), ord(o["comment"]) if o["comment"] else -1
    if d[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return [], ("utf16_bom", 1, 1)
    n, out, line, i = len(d), [], 1, 3 if d[:3] == BOM else 0
    start, bad = i - o["bomcol"], n                      # start = offset of column 1 of this line
    try:
        d.decode("utf-8")
    except UnicodeDecodeError as e:
        bad = e.start if o["utf8"] == "error" else n

    def eol(i):                                          # length of the record terminator at i, or 0
        return (0 if i >= n else 1 if d[i] == 10 else 2 if d[i:i + 2] == b"\r\n"
                else 1 if d[i] == 13 and o["cr"] == "newline" else 0)

    while i < n:
        if d[i] == H:                                    # comment line (an extension, off by default)
            while i < n and not eol(i): i += 1
            i += eol(i); line += 1; start = i
            continue
        if o["blank"] == "skip" and eol(i):
            i += eol(i); line += 1; start = i
            continue
        rec, at, more = [], line, True
        while more:                                      # one field a turn
            buf, opened, inside, closed, bad8 = bytearray(), None, False, False, None
            if i < n and d[i] == Q:
                opened, inside, i = (line, i - start + 1), True, i + 1
            while True:
                if i == n:
                    if inside and o["eof"] == "error": return out, ("unterminated_quote", *opened)
                    more = False; break
                c, here = d[i], (line, i - start + 1)
                if i == bad:
                    if not o["late8"]: return out, ("invalid_utf8", *here)
                    bad8 = here
                if c == 0 and o["nul"] == "error": return out, ("nul_byte", *here)
                if inside:
                    if c == Q and d[i + 1:i + 2] == bytes([Q]): buf.append(Q); i += 2; continue
                    if c == Q: inside, closed = False, True
                    else: buf.append(c)
                    i += 1
                    if c == 10: line, start = line + 1, i
                    continue
                if c == D:
                    i += 1; break
                if eol(i):
                    i += eol(i); line, start, more = line + 1, i, False; break
                if o["stray"] == "error" and c != 13:
                    if closed: return out, ("text_after_quote", *here)
                    if c == Q: return out, ("quote_in_unquoted", *here)
                if c == 13 and o["cr"] == "error":
                    if o["latecr"] and i + 1 == bad and bad < n: return out, ("invalid_utf8", line, here[1] + 1)
                    if o["latecr"] and d[i + 1:i + 2] == b"\0" and o["nul"] == "error": return out, ("nul_byte", line, here[1] + 1)
                    return out, ("bare_cr", *here)
                buf.append(c); i += 1
            if bad8: return out, ("invalid_utf8", *bad8)
            rec.append(buf.decode("utf-8", "replace"))
            if more and o["early"] and o["ragged"] == "error" and out and len(rec) >= len(out[0]):
                return out, ("ragged_row", at, None)
        if o["ragged"] == "error" and out and len(rec) != len(out[0]): return out, ("ragged_row", at, None)
        out.append(rec)
    return out, None


def reference_set(d, o):
    """Every defensible answer: the primary one first, then what a parser gives that counts fields early,
    validates UTF-8 a field at a time, meets a faulty byte after a lone CR before the CR, or counts a BOM's bytes as columns."""
    answers = []
    for bomcol in ((0, 3) if d[:3] == BOM else (0,)):
        for early in (False, True):
            for late8, latecr in ((False, False), (True, False), (False, True)):
                a = reference(d, dict(o, early=early, late8=late8, latecr=latecr, bomcol=bomcol))
                if a not in answers: answers.append(a)
    return answers


# --------------------------------------------------------------------------------------------
# Corpus
# --------------------------------------------------------------------------------------------
def case_bytes(c):
    if c.get("csv_parts"):
        d = b"".join(base64.b64decode(b) * k for b, k in c["csv_parts"])
        if c.get("csv_sha256") and hashlib.sha256(d).hexdigest() != c["csv_sha256"]:
            raise SystemExit("%s: csv_parts do not give csv_sha256" % c["id"])
        return d
    return base64.b64decode(c["csv_base64"])


def expect_records(e):
    if "records_parts" in e:                             # [[text, times], ...] concatenates to JSON lines
        return [json.loads(x) for x in "".join(t * k for t, k in e["records_parts"]).split("\n") if x]
    return e["records"]


def load(paths):
    cases = []
    for p in paths:
        with open(p, encoding="utf-8") as f:
            # The project's own cases are all strict, and of one kind.
            cases += [{"mode": "strict", "kind": "cases", **json.loads(x)} for x in f if x.strip()]
    ids = [c["id"] for c in cases]
    if len(ids) != len(set(ids)): raise SystemExit("an id occurs twice")
    return cases


# --------------------------------------------------------------------------------------------
# Running the command
# --------------------------------------------------------------------------------------------
class Result:
    __slots__ = ("records", "pos", "crash", "stderr", "code", "seconds")


POS = re.compile(r":(\d+):(\d+):")


def build(args, path, mode, opt, chunk):
    """argv, or a string saying why this case cannot be asked of this command."""
    tpl, extra = list(args.cmd), []
    has = lambda ph: any(ph in a for a in tpl)
    if mode == "lenient" and not has("{mode}"):
        if not args.lenient_arg: return "no {mode} or --lenient-arg"
        extra.append(args.lenient_arg)
    for name, std in (("delimiter", ","), ("quote", '"'), ("comment", "")):
        v = opt.get(name) or std
        if v != std and not has("{%s}" % name):
            a = getattr(args, name + "_arg")
            if not a: return "no {%s} or --%s-arg" % (name, name)
            extra.append(a)
    if chunk and not has("{chunk}"):
        if not args.chunk_arg: return "no {chunk} or --chunk-arg"
        extra.append(args.chunk_arg)
    sub = {"file": path, "mode": mode, "delimiter": opt.get("delimiter") or ",", "quote": opt.get("quote") or '"',
           "comment": opt.get("comment") or "", "chunk": str(chunk or args.default_chunk)}
    argv = []
    for a in tpl + extra:
        argv.append(re.sub(r"\{(file|mode|delimiter|quote|comment|chunk)\}", lambda m: sub[m.group(1)], a))
    return argv


def run(args, argv, path):
    r = Result(); r.records, r.pos, r.crash = [], None, None
    t = time.time()
    try:
        p = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=args.timeout)
    except subprocess.TimeoutExpired:
        r.crash, r.stderr, r.code, r.seconds = "no end after %gs" % args.timeout, "", None, args.timeout
        return r
    except OSError as e:
        print("cannot run %s: %s" % (argv[0], e), file=sys.stderr); raise SystemExit(2)
    r.seconds, r.code = time.time() - t, p.returncode
    r.stderr = p.stderr.decode("utf-8", "backslashreplace")
    if p.returncode < 0 or p.returncode in (132, 133, 134, 136, 137, 139):
        r.crash = "killed by a signal (status %d)" % p.returncode
        return r
    body = p.stdout.split(b"\n")
    if body and body[-1] == b"": body.pop()
    for k, ln in enumerate(body, 1):
        try:
            v = json.loads(ln.decode("utf-8"))
            if not isinstance(v, list) or not all(isinstance(x, str) for x in v): raise ValueError("not an array of strings")
        except (ValueError, UnicodeDecodeError) as e:
            r.crash = "stdout line %d is not a JSON array of strings: %s: %.120r" % (k, e, ln)
            return r
        r.records.append(v)
    if p.returncode:
        for ln in r.stderr.splitlines():
            for name in (path, os.path.basename(path)):
                if ln.startswith(name + ":"):
                    m = POS.match(ln[len(name):])
                    if m: r.pos = (int(m.group(1)), int(m.group(2)))
            if r.pos: break
    return r


def clip(x, n=300):
    s = x if isinstance(x, str) else json.dumps(x, ensure_ascii=True)
    return s if len(s) <= n else s[:n // 2] + " ...(%d characters)... " % len(s) + s[-n // 3:]


def judge(want_records, fault, before, got, args, alts=()):
    """None if it passes, else why not. fault = None or (kind, line, col); alts = other accepted (line, col)."""
    if got.crash: return "CRASH: " + got.crash
    if fault is None:
        if got.code: return "expected %d records, got status %d: %s" % (len(want_records), got.code, clip(got.stderr.strip()))
        if got.records == want_records: return None
        for k, (a, b) in enumerate(zip(want_records, got.records)):
            if a != b:
                for f, (x, y) in enumerate(zip(a, b)):
                    if x != y: return "record %d field %d: expected %s, got %s" % (k + 1, f + 1, clip(x), clip(y))
                return "record %d: expected %d fields %s, got %d %s" % (k + 1, len(a), clip(a), len(b), clip(b))
        return "expected %d records, got %d; first extra or missing: %s" % (
            len(want_records), len(got.records), clip((want_records + got.records)[min(len(want_records), len(got.records))]
            if len(want_records) > len(got.records) else got.records[len(want_records)]))
    kind, line, col = fault
    where = "%s at %d:%s" % (kind, line, "any" if col is None else col)
    if not got.code: return "expected %s, got %d records and status 0: %s" % (where, len(got.records), clip(got.records))
    if got.pos is None: return "expected %s, but no `FILE:LINE:COL: ` on stderr: %s" % (where, clip(got.stderr.strip()))
    ok = [(line, col)] + [tuple(a) for a in alts]
    if not any(got.pos[0] == l and (c is None or got.pos[1] == c) for l, c in ok):
        return "expected %s, reported %d:%d: %s" % (where, got.pos[0], got.pos[1], clip(got.stderr.strip()))
    if args.kinds and kind.replace("_", "") not in re.sub(r"[^a-z0-9]", "", got.stderr.lower()):
        return "position right, but stderr does not name %s: %s" % (kind, clip(got.stderr.strip()))
    if before is not None and (got.records != before[:len(got.records)] or (args.stream and got.records != before)):
        return "%s: the records printed before the fault differ: expected %s%s, got %s" % (
            where, "" if args.stream else "a beginning of ", clip(before), clip(got.records))
    return None


def judge_expect(e, got, args):
    if "error" in e:
        x = e["error"]
        return judge(None, (x["kind"], x["line"], x["column"]), x.get("records_before"), got, args,
                     x.get("alt", []) if args.alt_positions else ())
    return judge(expect_records(e), None, None, got, args)


# --------------------------------------------------------------------------------------------
# Modes of use
# --------------------------------------------------------------------------------------------
def do_corpus(args):
    cases = [c for c in load(args.corpus) if not args.only or re.search(args.only, c["id"] + " " + c["kind"])]
    tmp = tempfile.mkdtemp(prefix="csvcheck.")
    tally, bykind, failures, skipped = dict(passed=0, failed=0, by_alternative=0, skipped=0), {}, [], {}
    chunks = [int(x) for x in args.chunks.split(",")] if args.chunks else [0]
    try:
        for c in cases:
            d, path = case_bytes(c), os.path.join(tmp, "in.csv")
            with open(path, "wb") as f: f.write(d)
            modes = [m for m in ("strict", "lenient") if c["mode"] in (m, "both") and args.mode in (m, "all")]
            for m in modes:
                for ch in chunks:
                    if ch and len(d) // ch > args.max_chunks: continue
                    argv = build(args, path, m, c.get("options") or {}, ch)
                    if isinstance(argv, str):
                        tally["skipped"] += 1; skipped[argv] = skipped.get(argv, 0) + 1
                        continue
                    got = run(args, argv, path)
                    why = judge_expect(c["expect"], got, args)
                    if why and c.get("also_ok") and not args.primary_only and not why.startswith("CRASH"):
                        if any(judge_expect(e, got, args) is None for e in c["also_ok"]):
                            why = None; tally["by_alternative"] += 1
                    k = bykind.setdefault(c["kind"], [0, 0])
                    k[1 if why else 0] += 1
                    tally["failed" if why else "passed"] += 1
                    if why:
                        failures.append(c["id"])
                        print("FAIL %s [%s%s%s%s] %s\n     input %s" % (
                            c["id"], m, " chunk=%d" % ch if ch else "", " disputed" if c.get("disputed") else "",
                            "; " + json.dumps(c["options"]) if c.get("options") else "", why,
                            clip(repr(d[:120])[1:], 160) + (" (%d bytes)" % len(d) if len(d) > 120 else "")), flush=True)
                        if args.max_failures and tally["failed"] >= args.max_failures:
                            print("stopping after %d failures" % tally["failed"]); raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    print("\n%-22s %6s %6s" % ("kind", "pass", "fail"))
    for k in sorted(bykind): print("%-22s %6d %6d" % (k, *bykind[k]))
    for why, k in skipped.items(): print("skipped %d: %s" % (k, why))
    print("total %(passed)d passed (%(by_alternative)d of them by an alternative listed for a disputed case), "
          "%(failed)d failed, %(skipped)d skipped" % tally)
    if not tally["passed"] and not tally["failed"]: print("nothing was run"); return 1
    return 1 if tally["failed"] else 0


def overrides(args, base):
    o = dict(base)
    for s in args.set or []:
        k, _, v = s.partition("=")
        if k not in o or k in ("early", "late8", "latecr", "bomcol"): raise SystemExit("--set %s: one of cr blank ragged nul utf8 stray eof delimiter quote comment" % s)
        o[k] = v
    return o


def do_self(args):
    bad = 0
    for c in load(args.corpus):
        d = case_bytes(c)
        for m in ("strict", "lenient"):
            if c["mode"] not in (m, "both"): continue
            o = dict(STRICT if m == "strict" else LENIENT, **{k: v for k, v in (c.get("options") or {}).items() if v})
            recs, fault = reference(d, o)
            e = c["expect"]
            if "error" in e:
                x = e["error"]
                ok = fault is not None and (x["kind"], x["line"], x["column"]) == fault and \
                    x.get("records_before", recs) == recs
            else:
                ok = fault is None and recs == expect_records(e)
            if not ok:
                bad += 1
                print("DIFF %s [%s]\n  corpus    %s\n  reference %s %s\n  input %r" % (
                    c["id"], m, clip(e), fault, clip(recs), d[:200]))
    print("%d differences between corpus and reference" % bad)
    return 1 if bad else 0


PIECES = ([b'"'] * 10 + [b","] * 8 + [b"\n"] * 5 + [b"\r\n"] * 5 + [b"\r"] * 3 + [b"a", b"b", b"1", b"xyz", b" ", b"'", b"\\", b"#"] * 2
          + [b'""'] * 4 + [b'","'] * 2 + [b'"\n"', b'"\r\n"', b";", b"\t", "é".encode(), "😀".encode(), "́".encode(), "e\u0301".encode(), b"NULL",
             "\u2028".encode(), "\u0085".encode(), "\u200d".encode(), BOM])
NASTY = [b"\0", b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xfe", b"\xe0\x80\xaf", b"\xf0\x9f\x98", b"\x80"]


def random_csv(r):
    how = r.random()
    if how < 0.25:                                       # noise
        d = b"".join(r.choice(PIECES) for _ in range(r.randint(0, 14)))
    else:                                                # well-formed rows, then (mostly) one or two edits
        nl, rows = r.choice([b"\n", b"\r\n", b"\r\n"]), []
        width = r.choice([1, 1, 2, 3, 4])
        for _ in range(r.randint(1, 5)):
            row = []
            for _ in range(width):
                f = b"".join(r.choice(PIECES) for _ in range(r.choice([0, 0, 1, 1, 2, 3])))
                must = any(x in f for x in (b'"', b",", b"\n", b"\r"))
                row.append(b'"' + f.replace(b'"', b'""') + b'"' if must or r.random() < 0.25 else f)
            rows.append(b",".join(row))
        d = nl.join(rows) + (nl if r.random() < 0.6 else b"")
        if how > 0.5:
            for _ in range(r.choice([1, 1, 1, 2])):
                k = r.randint(0, len(d)); e = r.random()
                piece = r.choice(NASTY) if r.random() < 0.2 else r.choice(PIECES)
                if e < 0.4: d = d[:k] + piece + d[k:]
                elif e < 0.75: d = d[:k] + d[k + 1:]
                elif e < 0.9: d = d[:k] + piece + d[k + 1:]
                else: d = d[:k]
    if r.random() < 0.06: d = BOM + d
    if r.random() < 0.02: d = r.choice([b"\xff\xfe", b"\xfe\xff", b"\xff", b"\xef\xbb"]) + d
    return d


def do_fuzz(args):
    o = overrides(args, STRICT if args.mode != "lenient" else LENIENT)
    mode = "lenient" if args.mode == "lenient" else "strict"
    opt = {k: o[k] for k in ("delimiter", "quote", "comment")}
    tmp = tempfile.mkdtemp(prefix="csvfuzz."); path = os.path.join(tmp, "in.csv")
    chunks = [int(x) for x in args.chunks.split(",")] if args.chunks else [0]
    dm, qm = o["delimiter"].encode(), o["quote"].encode()

    def why_not(d):
        with open(path, "wb") as f: f.write(d)
        answers = reference_set(d, o)
        if args.primary_only: answers = answers[:1]
        for ch in chunks:
            argv = build(args, path, mode, opt, ch)
            if isinstance(argv, str): raise SystemExit("--fuzz: " + argv)
            got = run(args, argv, path)
            whys = [judge(recs, fault, recs, got, args) for recs, fault in answers]
            if all(whys): return ("chunk=%d: " % ch if ch else "") + whys[0]
        return None

    def shrink(d):
        budget, size = 3000, max(1, len(d) // 2)
        while budget > 0:                                # cut pieces out, halves first, single bytes to the end
            k, cut = 0, False
            while k < len(d) and budget > 0:
                budget -= 1
                t = d[:k] + d[k + size:]
                if why_not(t): d, cut = t, True
                else: k += size
            if size == 1 and not cut: break
            size = max(1, size // 2)
        for k in range(len(d)):                          # plainer bytes where that keeps the failure
            for b in b"a":
                if d[k] not in b'a",\r\n':
                    t = d[:k] + bytes([b]) + d[k + 1:]
                    if why_not(t): d = t
        return d

    r, seen, n_ok, known = random.Random(args.seed), 0, 0, {}
    t0, stats = time.time(), {}
    try:
        for n in range(args.fuzz):
            d = random_csv(r)
            if dm != b",": d = d.replace(b",", dm)
            if qm != b'"': d = d.replace(b'"', qm)
            f = reference(d, o)[1]
            stats[f[0] if f else "records"] = stats.get(f[0] if f else "records", 0) + 1
            if why_not(d):
                m = shrink(d); why = why_not(m) or why_not(d)
                if m in known: known[m] += 1; continue   # shrinks to one already shown
                known[m] = 1
                recs, fault = reference(m, o)
                print("COUNTER-EXAMPLE at input %d of seed %d, shrunk from %d to %d bytes" % (n, args.seed, len(d), len(m)))
                print("  bytes    %r\n  base64   %s\n  expected %s\n  why      %s" % (
                    m, base64.b64encode(m).decode(), fault or json.dumps(recs), why))
                seen += 1
                if seen >= args.fuzz_failures: break
            else:
                n_ok += 1
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    print("%d inputs agreed, %d failed (%d different counter-examples), %.1f s; what the inputs were: %s" % (
        n_ok, sum(known.values()), seen, time.time() - t0, stats))
    return 1 if seen else 0


def do_big(args):
    """Each *.expect.json beside a big file (make_big.py): run, stream stdout, compare count and digest; report time, peak memory."""
    bad = 0
    for name in sorted(os.listdir(args.big)):
        if not name.endswith(".expect.json") or (args.only and not re.search(args.only, name)): continue
        if not args.inner:                               # a fresh judge for each file: a child's peak memory starts at its parent's
            own = sys.argv[1:sys.argv.index("--")]
            bad += subprocess.call([sys.executable, os.path.abspath(__file__)] + own + ["--inner", "--only", "^%s$" % re.escape(name), "--"] + args.cmd) != 0
            continue
        e = json.load(open(os.path.join(args.big, name)))
        path = os.path.join(args.big, e["file"])
        argv = build(args, path, "strict", {}, 0)
        t = time.time(); n = f = 0; h = hashlib.sha256(); why = None
        with tempfile.TemporaryFile() as err:
            p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err, bufsize=1 << 20)
            for ln in p.stdout:
                if args.scan:                            # count lines only: no JSON decoding in the judge
                    n += 1; continue
                try: v = json.loads(ln)
                except ValueError as x: why = why or "stdout line %d: %s" % (n + 1, x); continue
                n += 1; f += len(v)
                h.update(b"".join(b"%d:%s," % (len(b), b) for b in (x.encode() for x in v)) + b"\n")
            _, status, ru = os.wait4(p.pid, 0)
            p.returncode = code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
            err.seek(0); stderr = err.read(4000).decode("utf-8", "replace")
        want = e.get("error")
        if why: pass
        elif code < 0: why = "killed by signal %d" % -code
        elif want:
            m = next((POS.match(x[len(path):]) for x in stderr.splitlines() if x.startswith(path + ":")), None)
            pos = (int(m.group(1)), int(m.group(2))) if m else None
            if not code: why = "expected %s at %s:%s, got status 0" % (want["kind"], want["line"], want["column"])
            elif not pos or pos[0] != want["line"] or want["column"] not in (None, pos[1]):
                why = "expected %s at %s:%s, reported %s: %s" % (want["kind"], want["line"], want["column"], pos, clip(stderr))
            elif args.stream and n != want["records_before"]: why = "expected %d records before the fault, got %d" % (want["records_before"], n)
        elif code: why = "status %d: %s" % (code, clip(stderr))
        elif n != e["n_records"]: why = "expected %d records, got %d" % (e["n_records"], n)
        elif not args.scan and (f != e["n_fields"] or h.hexdigest() != e["digest"]): why = "records or fields differ (digest; %d fields, expected %d)" % (f, e["n_fields"])
        if not why and args.max_rss_mb and ru.ru_maxrss / 1024 > args.max_rss_mb: why = "peak memory %.0f MB > %g MB" % (ru.ru_maxrss / 1024, args.max_rss_mb)
        print("%s %-34s %8.1f MB in, %8.2f s wall, %7.2f s user, peak %7.1f MB%s" % (
            "FAIL" if why else "ok  ", e["file"], os.path.getsize(path) / 1e6, time.time() - t, ru.ru_utime, ru.ru_maxrss / 1024, "  " + why if why else ""), flush=True)
        bad += bool(why)
    return 1 if bad else 0


def do_export(args):
    os.makedirs(args.export, exist_ok=True)
    n = 0
    for c in load(args.corpus):
        with open(os.path.join(args.export, c["id"] + ".csv"), "wb") as f: f.write(case_bytes(c))
        e = {k: c.get(k) for k in ("id", "kind", "mode", "options", "disputed", "also_ok", "note", "source", "licence")}
        e["expect"] = c["expect"] if "error" in c["expect"] else {"records": expect_records(c["expect"])}
        with open(os.path.join(args.export, c["id"] + ".json"), "w", encoding="utf-8") as f: json.dump(e, f)
        n += 1
    print("%d cases written to %s" % (n, args.export))
    return 0


def do_parse(args):
    o = overrides(args, LENIENT if args.mode == "lenient" else STRICT)
    with open(args.parse, "rb") as f: recs, fault = reference(f.read(), o)
    sys.stdout.write("".join(json.dumps(x) + "\n" for x in recs))
    if fault:
        sys.stdout.flush()
        print("%s:%d:%d: %s" % (args.parse, fault[1], fault[2] or 1, fault[0]), file=sys.stderr)
        return 3
    return 0


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--corpus", action="append", default=[]); a.add_argument("--fuzz", type=int, default=0, metavar="N")
    a.add_argument("--seed", type=int, default=1); a.add_argument("--big", metavar="DIR"); a.add_argument("--self", action="store_true")
    a.add_argument("--export", metavar="DIR"); a.add_argument("--parse", metavar="FILE")
    a.add_argument("--mode", choices=["strict", "lenient", "all"], default="strict")
    a.add_argument("--only", metavar="REGEX", help="cases whose `id kind` matches (files, with --big)")
    a.add_argument("--chunks", help="comma-separated chunk sizes; every case is run with each ({chunk} or --chunk-arg)")
    a.add_argument("--max-chunks", type=int, default=100000, help="leave out a case where size/chunk exceeds this")
    a.add_argument("--default-chunk", default="65536", help="what {chunk} says when --chunks is not given")
    for x in ("lenient", "delimiter", "quote", "comment", "chunk"): a.add_argument("--%s-arg" % x)
    a.add_argument("--primary-only", action="store_true", help="accept no alternatives for disputed cases")
    a.add_argument("--alt-positions", action="store_true", help="accept the other defensible error positions too")
    a.add_argument("--kinds", action="store_true", help="stderr must name the kind of error (unterminated_quote, ...)")
    a.add_argument("--stream", action="store_true", help="ALL records before a fault must have been printed")
    a.add_argument("--set", action="append", metavar="RULE=VALUE", help="change a rule of the reference, e.g. blank=skip cr=newline ragged=keep")
    a.add_argument("--fuzz-failures", type=int, default=1, help="stop after this many counter-examples")
    a.add_argument("--max-failures", type=int, default=0); a.add_argument("--timeout", type=float, default=60)
    a.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    a.add_argument("--scan", action="store_true", help="--big: count lines only (fast judge)"); a.add_argument("--max-rss-mb", type=float, default=0)
    argv, cmd = sys.argv[1:], []
    if "--" in argv: k = argv.index("--"); argv, cmd = argv[:k], argv[k + 1:]
    args = a.parse_args(argv); args.cmd = cmd
    if args.parse: return do_parse(args)
    if args.self: return do_self(args)
    if args.export: return do_export(args)
    if not cmd or not any("{file}" in x for x in cmd): a.error("give the command after --, with {file} in it")
    if args.fuzz: return do_fuzz(args)
    if args.big: return do_big(args)
    if args.corpus: return do_corpus(args)
    a.error("one of --corpus --fuzz --big --self --export --parse")


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:                              # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1); status = 1
    sys.exit(status)
