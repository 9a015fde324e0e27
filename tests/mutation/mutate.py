#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mutation test of the kernels: each mutant is one small fault in the text of kernels/, compiled by clang for this machine
with four lanes (helpers of one lane: with one), and given to the device's self-test as a device. It must be refused.

    tests/mutation/mutate.py --build build [--each N] [--sample N] [--file NAME] [--work FOLDER] [--results FILE]

  --each N      at most N mutants of each function, spread over the kinds of fault (default 6); 0: all
  --file NAME   only of this file; may be repeated. Its rows replace those of the file in FILE
  --work FOLDER keep what all mutants share there, for the next time, and the verdicts: mutants once killed are not judged
                again while the text of their file is the same (the self-test
                only gains cases), nor survivors by the same judge
  --sample N    N mutants of all functions together, always the same, for the suite
"""
import argparse
import collections
import contextlib
import concurrent.futures
import functools
import glob
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
KERNELS = os.path.join(SOURCE, "kernels")
CPU_LIMIT_S = 6  # of the self-test, which takes 0.3 s
CLANG = next((c for c in ("clang", "clang-15", "clang-16", "clang-14") if shutil.which(c)), None)

TOKEN = re.compile(r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<directive>^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)|(?P<string>"[^"\n]*")
    |(?P<number>0[xX][0-9a-fA-F.]+(?:[pP][-+]?\d+)?[uUlLfF]*|\d+\.?\d*(?:[eE][-+]?\d+)?[uUlLfF]*)|(?P<word>[A-Za-z_]\w*)
    |(?P<operator><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>&|^!~?:=.,;(){}\[\]])""",
                   re.X | re.S | re.M)
TYPES = {"double", "uint", "ulong", "lane", "int", "void", "long", "const", "char", "lane_mask", "lane_bits", "uint4", "double2", "double4"}
BINARY = {"+": "-", "-": "+", "*": "/", "/": "*", "&": "|", "|": "&", "<<": ">>", ">>": "<<"}
COMPARISON = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
SWAPS = {"lane_evens_first": "lane_odds_first", "lane_odds_first": "lane_evens_first", "lo": "hi", "hi": "lo",
         "even": "odd", "odd": "even", "lane_min": "lane_max", "lane_max": "lane_min", "lane_less": "lane_less_equal",
         "lane_less_equal": "lane_less"}
DEFINITION = re.compile(r"^(?:LANE_INLINE|__kernel| +__kernel)\s[^;{]*?\b(\w+)(?:##name)?\s*\([^;{]*\{"
                        r"|^__constant\s[^;=]*?\b(\w+)\[[^;=]*=\s*\{", re.M | re.S)

# Lengths in declarations: more or less room than is used changes no result, so these are left alone.
LENGTHS = re.compile(r"^ *(?:const )?(?:lane|lane_bits|double|uint) \w+\[[^;=]*[;=]", re.M)

Mutant = collections.namedtuple("Mutant", "file line function kind before after start end lanes")


@functools.lru_cache(None)
def text_of(file):
    return open(os.path.join(KERNELS, file)).read()


def number_after(text):
    """A number that differs a little: an integer by one, a real by 2^-30 of itself."""
    body = text.rstrip("uUlL" if text[:2] in ("0x", "0X") else "uUlLfF")
    suffix = text[len(body):]
    if re.fullmatch(r"\d+|0[xX][0-9a-fA-F]+", body):
        return "(%s + 1%s)" % (text, suffix)
    value = float.fromhex(body) if body.lower().startswith("0x") else float(body)
    return "1.0" if value == 0.0 else "(%s * 0x1.00000004p0)" % text


def functions_of(text):
    """(name, start of its body, end) of each function and table, in order."""
    found = []
    for match in DEFINITION.finditer(text):
        depth, end = 0, match.end() - 1
        while end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                break
        found.append((match.group(1) or match.group(2), match.end() - 1, end))
    return found


def mutants_of(file):
    text = text_of(file)
    spans = functions_of(text)
    lengths = [range(*m.span()) for m in LENGTHS.finditer(text)]
    found = []
    for m in TOKEN.finditer(text):
        kernel = m.group().find("__kernel") if m.lastgroup == "directive" else -1  # a macro that is a kernel
        found += TOKEN.finditer(text, m.start() + kernel, m.end()) if kernel >= 0 else [m]
    tokens = [m for m in found if m.lastgroup not in ("comment", "directive", "string")]
    c11 = range(text.find("#else /* C11 */"), text.find("#if LANES == 1\n\ntypedef")) if file == "lane.h" else range(0)
    widths = r"^#(if|elif) LANES == (2|8)\b[^\n]*\n.*?(?=^#e)|^#else\n[^\n]* 15\).*?^#endif|^LANE_INLINE double \w+_of_8\(.*?^#endif\n#endif$"
    # of 2, 8 and 16 lanes: tests/device/device_kernels.c and device_trees.c
    other_widths = [range(*m.span()) for m in re.finditer(widths, text, re.M | re.S)]
    one_lane = range(text.find("#if LANES == 1\n\ntypedef"), text.find("#else\n\n#define LANE_JOIN_"))
    made = []

    def add(kind, token, after, start=None, end=None):
        start, end = token.start() if start is None else start, token.end() if end is None else end
        name = next((n for n, a, b in spans if a <= start < b), None)
        if name and start not in c11 and not any(start in part for part in lengths + other_widths):
            made.append(Mutant(file, text.count("\n", 0, start) + 1, name, kind, text[start:end], after, start, end,
                               1 if start in one_lane else 4))

    for i, token in enumerate(tokens):
        word, group = token.group(), token.lastgroup
        before = tokens[i - 1].group() if i else ""
        binary = i and (tokens[i - 1].lastgroup in ("word", "number") or before in (")", "]")) and before not in TYPES \
            and before not in ("return", "__global") and not before.endswith(("_state", "_source", "_scheme", "_contract"))
        if group == "number" and before != "]":
            add("index" if before == "[" else "constant", token, number_after(word))
        elif group == "operator" and word in BINARY and binary and tokens[i + 1].group() != ")":
            add("operator", token, BINARY[word])
        elif group == "operator" and word in COMPARISON:
            add("comparison", token, COMPARISON[word])
        elif group == "operator" and word in ("+=", "-="):
            add("operator", token, "-=" if word == "+=" else "+=")
        elif group == "operator" and word == "[" and tokens[i + 1].lastgroup == "word" and tokens[i + 2].group() == "]" \
                and tokens[i + 1].group().islower():
            add("index", token, "[1 + ")
        elif word == "if" and tokens[i + 1].group() == "(":
            depth, j = 0, i + 1
            while True:
                depth += {"(": 1, ")": -1}.get(tokens[j].group(), 0)
                if depth == 0:
                    break
                j += 1
            add("branch", token, "if (!%s)" % text[tokens[i + 1].start():tokens[j].end()], token.start(), tokens[j].end())
        elif word == "lane_select" and tokens[i + 1].group() == "(":
            add("branch", token, "lane_select(~", token.start(), tokens[i + 1].end())
        elif word in SWAPS and (tokens[i + 1].group() == "(" or before == "."):
            add("lane swap" if word not in ("lane_less", "lane_less_equal") else "comparison", token, SWAPS[word])
    return made


def spread(mutants, each):
    """At most `each` of every function, kinds in turn, in an order that a hash gives: the same on every machine."""
    by_function = collections.OrderedDict()
    for m in mutants:
        by_function.setdefault((m.file, m.function), []).append(m)
    chosen = []
    for group in by_function.values():
        kinds = collections.OrderedDict()
        for m in sorted(group, key=lambda m: hashlib.sha256(repr(m).encode()).digest()):
            kinds.setdefault(m.kind, []).append(m)
        turn = [m for rank in range(len(group)) for k in kinds.values() for m in k[rank:rank + 1]]
        chosen += turn[:each] if each else turn
    return chosen


class Workshop:
    """Compiles programs and mutants, and asks the judge."""

    def __init__(self, build, folder, keep, lanes_wanted):
        self.folder = folder
        self.programs = sorted(os.path.basename(f)[:-3] for f in glob.glob(KERNELS + "/*.cl"))
        texts = [open(f, "rb").read() for f in sorted(glob.glob(KERNELS + "/*")) + [HERE + "/opencl.h"]]
        self.kernels = hashlib.sha256(b"".join(texts)).hexdigest()[:16]
        self.wrappers = {p: self.wrapper(p) for p in self.programs}
        self.judge = os.path.join(build, "tests", "mutation_judge")
        self.asked = hashlib.sha256(open(self.judge, "rb").read()).hexdigest()[:16]  # what a survivor survived
        self.journal = os.path.join(folder, "verdicts.jsonl")
        self.known = dict(json.loads(line) for line in open(self.journal)) if os.path.exists(self.journal) else {}
        for lanes in lanes_wanted:
            if not os.path.exists(self.base(lanes)):
                self.compile(KERNELS, self.programs, lanes, self.base(lanes), "-O2" if keep else "-O0", check=True)

    def check_sound(self, lanes_wanted):
        """The kernels as they are pass, all of them and one program by itself: else every mutant would be refused."""
        one = os.path.join(self.folder, "one.so")
        for lanes in lanes_wanted:
            self.compile(KERNELS, ["price"], lanes, one, check=True)
            for library in (self.base(lanes), one):
                verdict, said = self.ask(library, lanes)
                if verdict != "survived":
                    sys.exit("the kernels as they are do not pass with %d lanes: %s" % (lanes, said))

    def base(self, lanes):
        return os.path.join(self.folder, "base%d-%s.so" % (lanes, self.kernels))

    def clang(self, *arguments, **options):
        return subprocess.run([CLANG, "-x", "cl", "-cl-std=CL1.2", "-target", "x86_64-linux-gnu", "-mfma",
                               "-ffp-contract=off", "-fPIC", "-w", "-Dalways_inline=unused", "-DPRICE_COLUMNS=8", "-include", HERE + "/opencl.h",
                               *arguments], capture_output=True, text=True, **options)

    def wrapper(self, program):
        """A function call_KERNEL of an array of numbers for each kernel of a program."""
        path = os.path.join(self.folder, "call_%s-%s.cl" % (program, self.kernels))
        if os.path.exists(path):
            return path
        text = self.clang("-E", "-P", "-DLANES=4", "-I", KERNELS, "%s/%s.cl" % (KERNELS, program), check=True).stdout
        calls = []
        for name, parameters in re.findall(r"__kernel void (\w+)\(([^)]*)\)", text):
            types = [re.sub(r"\w+$", "", p.strip()).strip() for p in parameters.split(",")]
            values = ["as_double(a[%d])" % i if t == "double" else "(%s)a[%d]" % (t, i) for i, t in enumerate(types)]
            calls.append("void call_%s(__global const ulong *a) { %s(%s); }" % (name, name, ", ".join(values)))
        with open(path, "w") as out:
            out.write('#include "%s.cl"\n%s\n' % (program, "\n".join(calls)))
        return path

    @functools.lru_cache(None)
    def programs_reading(self, file):
        """The programs that a mutant of a file is compiled into: of what all include, those that use most of it."""
        few = {"lane.h": ["probe", "price", "reduce", "fold", "american", "check", "trees", "differences"],
               "math.h": ["probe", "price", "american"], "forward.h": ["forward"],
               "contract.h": ["price", "american", "differences", "two_boundaries"]}
        return few[file] if file in few else [p for p in self.programs if file in self.included(p + ".cl")]

    @functools.lru_cache(None)
    def included(self, file):
        """The file and all that it includes."""
        found, left = set(), [file]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += re.findall(r'#include "([^"]+)"', text_of(name))
        return found

    def compile(self, kernels, programs, lanes, library, level="-O0", check=False):
        objects = []
        for p in programs:
            made = "%s.%s.o" % (library, p)
            done = self.clang(level, "-DLANES=%d" % lanes, "-I", kernels, "-c", self.wrappers[p], "-o", made, check=check)
            if done.returncode:
                return False
            objects.append(made)
        done = subprocess.run(["ld", "-shared", "--allow-multiple-definition", *objects, "-o", library], capture_output=True, check=check)
        for made in objects:
            os.remove(made)
        return done.returncode == 0

    def ask(self, library, lanes):
        """("killed" | "survived", what the judge said) of the kernels in a library"""
        limit = (CPU_LIMIT_S, CPU_LIMIT_S)  # of processor time: how busy the machine is decides nothing
        done = subprocess.run([self.judge, self.base(lanes), library, str(lanes)], capture_output=True, text=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, limit))
        if done.returncode == 70:
            sys.exit("the judge failed: " + done.stderr)
        if done.returncode == 0:
            return "survived", ""
        if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            return "killed", "never ended"
        return "killed", done.stdout.strip() or "crashed (%d)" % done.returncode

    def try_mutant(self, number, mutant):
        """("killed" | "survived" | "invalid", what the judge said)"""
        text = text_of(mutant.file)
        text = text[:mutant.start] + mutant.after + text[mutant.end:]
        name = hashlib.sha256(("%d %s\n%s" % (mutant.lanes, mutant.file, text)).encode()).hexdigest()
        for key in (name, name + self.asked):
            if key in self.known:
                return self.known[key]
        kernels = os.path.join(self.folder, "m%d" % number)
        shutil.rmtree(kernels, ignore_errors=True)
        shutil.copytree(KERNELS, kernels)
        with open(os.path.join(kernels, mutant.file), "w") as out:
            out.write(text)
        library = os.path.join(self.folder, "m%d.so" % number)
        verdict = "survived", ""
        for program in self.programs_reading(mutant.file):
            if not self.compile(kernels, [program], mutant.lanes, library):
                verdict = "invalid", "does not compile"
                break
            verdict = self.ask(library, mutant.lanes)
            os.remove(library)
            if verdict[0] == "killed":
                break
        shutil.rmtree(kernels)
        with open(self.journal, "a") as out:
            out.write(json.dumps([name if verdict[0] != "survived" else name + self.asked, verdict]) + "\n")
        return verdict


def numbers(mutants):
    """{mutant: which of those of its function that read the same it is, from 1}"""
    seen, number = collections.Counter(), {}
    for m in mutants:
        key = (m.file, m.function, m.before, m.after)
        seen[key] += 1
        number[m] = seen[key]
    return number


def equivalents():
    """{(file, function, before, after, number): why} of tests/mutation/equivalent.txt"""
    known = {}
    path = os.path.join(HERE, "equivalent.txt")
    for line in open(path) if os.path.exists(path) else []:
        if line.strip() and not line.startswith("#"):
            file, function, before, after, number, why = [part.strip() for part in line.split(" | ", 5)]
            known[file, function, before, after, int(number)] = why
    return known


def kept_rows(path, replaced):
    """Rows of an earlier table, but those of the files that are replaced."""
    lines = open(path).read().splitlines()[2:-1] if path and os.path.exists(path) else []
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    return [(r[0], r[1], *map(int, r[2:])) for r in rows if r[0] not in replaced]


def one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--sample", type=int)
    parser.add_argument("--file", action="append")
    parser.add_argument("--work")
    parser.add_argument("--results")
    options = parser.parse_args()
    if not CLANG:
        print("skipped: no clang")
        return 77
    hosts_own = re.compile(r".*_(delta|vega|d|d1|density)$")  # no kernel calls them
    files = sorted(f for f in os.listdir(KERNELS) if f.endswith((".h", ".cl")) and f != "shared.h")
    mutants = [m for f in files for m in mutants_of(f) if not hosts_own.match(m.function)]
    number = numbers(mutants)
    if options.file:
        mutants = [m for m in mutants if m.file in options.file]
    chosen = spread(mutants, options.each)
    if options.sample:
        chosen = sorted(chosen, key=lambda m: hashlib.sha256(repr(m).encode()).digest())[:options.sample]
    known, table, survivors = equivalents(), collections.OrderedDict(), []
    with contextlib.ExitStack() as stack:
        folder = options.work or stack.enter_context(tempfile.TemporaryDirectory())
        lanes_wanted = sorted({m.lanes for m in chosen})
        shop = Workshop(os.path.abspath(options.build), folder, options.work, lanes_wanted)
        shop.check_sound(lanes_wanted)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            verdicts = pool.map(shop.try_mutant, range(len(chosen)), chosen)
            for m, (verdict, said) in zip(chosen, verdicts):
                why = known.get((m.file, m.function, one_line(m.before), one_line(m.after), number[m]))
                if verdict == "survived" and why:
                    verdict = "equivalent"
                row = table.setdefault((m.file, m.function), collections.Counter())
                row[verdict] += 1
                if verdict == "survived":
                    survivors.append(m)
                print("%-10s %s:%d | %s | %s | %s | %d | %s" % (verdict, m.file, m.line, m.function, one_line(m.before),
                                                             one_line(m.after), number[m], why or m.kind), flush=True)
    rows = kept_rows(options.results, files if not options.file else options.file)
    lines = ["| file | function | mutants | killed | equivalent | survived |", "|---|---|---|---|---|---|"]
    for (file, function), row in table.items():
        n = row["killed"] + row["equivalent"] + row["survived"]
        rows.append((file, function, n, row["killed"], row["equivalent"], row["survived"]))
    rows.sort()
    rows.append(("all", "%d functions" % len(rows), *(sum(r[i] for r in rows) for i in range(2, 6))))
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    if options.results:
        with open(options.results, "w") as out:
            out.write("\n".join(lines) + "\n")
    print(lines[-1])
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
