"""Makes folders and the diffs that apply to them, the same ones every time. The diffs are written directly, in git's
form: running a diff program over them would take longer than the measurement."""

import hashlib
import random
from pathlib import Path

CONTEXT = 3
PREAMBLE = 37  # lines on top of a shifted file

NAMES = ["buffer", "cursor", "offset", "request", "socket", "window", "record", "handler", "session", "index"]
FORMS = [
    "    const auto {a}{n} = {b}->{c}({n});",
    "        if ({a}.{b}{n} == nullptr) {{",
    "    {a}_{b}({c}, {n});",
    "        return {a}{n}.{b}();  // {c}",
    "static int {a}_{b}_{n}(struct {c} *{a});",
    "    // The {a} of a {b} keeps {n} {c} entries.",
    "    m_{a}.insert({n}, {b}.take{c}());",
    "            {a} = {b}[{n}];",
]
PLAIN = ["", "}", "    }", "", "        break;", "    return true;"]  # what source text repeats


def make_pool(size, seed):
    """Lines like those of source text, each once."""
    source = random.Random(seed)
    lines = []
    for n in range(size):
        a, b, c = source.sample(NAMES, 3)
        lines.append(source.choice(FORMS).format(a=a, b=b, c=c, n=n) + "\n")
    return lines


def make_lines(pool, count, source):
    """`count` lines in an order of their own; every fifth is one of the plain ones."""
    at, step, size = source.randrange(len(pool)), source.randrange(1, len(pool)), len(pool)
    lines = [pool[(at + i * step) % size] for i in range(count)]
    for i in range(4, count, 5):
        lines[i] = PLAIN[(at + i) % len(PLAIN)] + "\n"
    return lines


def make_edits(lines, hunks, source):
    """(line, how many lines go, the new ones), one edit in each of the file's `hunks` equal parts."""
    part = len(lines) // hunks
    for number in range(hunks):
        at = number * part + source.randrange(part // 4, part * 3 // 4)
        removed, added = source.choice([(1, 1), (1, 1), (0, 2), (2, 3), (2, 0)])
        yield at, removed, [f"    revised_{number}_{i} = {at};\n" for i in range(added)]


def file_diff(path, lines, edits):
    """The diff of one file in git's form, and the file's new lines."""
    hunks, new = [], []
    done = grown = 0
    for at, removed, added in edits:
        first, last = at - CONTEXT, at + removed + CONTEXT
        old_count = last - first
        new_count = old_count - removed + len(added)
        hunks.append(f"@@ -{first + 1},{old_count} +{first + 1 + grown},{new_count} @@\n")
        hunks += [" " + line for line in lines[first:at]]
        hunks += ["-" + line for line in lines[at : at + removed]]
        hunks += ["+" + line for line in added]
        hunks += [" " + line for line in lines[at + removed : last]]
        new += lines[done:at] + added
        done = at + removed
        grown += len(added) - removed
    new += lines[done:]
    head = (
        f"diff --git a/{path} b/{path}\nindex {blob_id(lines)}..{blob_id(new)} 100644\n"
        f"--- a/{path}\n+++ b/{path}\n"
    )
    return head + "".join(hunks), new


def blob_id(lines):
    content = "".join(lines).encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()[:7]


def make_files(folder, patch, files, length, hunks, shifted=None):
    """Writes `files` files of `length` lines to `folder`, the diff to `patch`, and to the folder `shifted` the same
    files with more lines on top. Returns the number of bytes in `folder`."""
    pool = make_pool(24007, seed=files)  # a prime, so that every step through it meets every line
    written = 0
    with open(patch, "w", encoding="ascii") as diff:
        for number in range(files):
            source = random.Random(f"{files}/{number}")
            path = Path(f"part{number % 50:02}", NAMES[number % 7], f"file{number}.cpp")
            lines = make_lines(pool, length, source)
            diff.write(file_diff(path, lines, make_edits(lines, hunks, source))[0])
            written += write_lines(folder / path, lines)
            if shifted:
                write_lines(shifted / path, [f"// Line {i} of a longer licence.\n" for i in range(PREAMBLE)] + lines)
    return written


def write_lines(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_text("".join(lines), encoding="ascii")


def make_big_file(file, patch, size):
    """One file of at least `size` bytes and a diff with one hunk in its middle. Returns the result's SHA-256."""
    block = make_lines(make_pool(400_009, seed=size), 400_000, random.Random(size))
    text = "".join(block)
    blocks = size // len(text) + 1
    middle = list(block)
    middle[1000:1010] = [f"    middle({i});\n" for i in range(10)]
    revised = middle[:1003] + ["    revised(3);\n"] + middle[1004:]
    expected = hashlib.sha256()
    with open(file, "w", encoding="ascii") as output:
        for number in range(blocks):
            here = number == blocks // 2
            output.write("".join(middle) if here else text)
            expected.update(("".join(revised) if here else text).encode())
    first = blocks // 2 * len(block) + 1000 + 1
    hunk = [" " + line for line in middle[1000:1003]] + ["-" + middle[1003], "+" + revised[1003]]
    hunk += [" " + line for line in middle[1004:1007]]
    name = Path(file).name
    head = f"--- a/{name}\n+++ b/{name}\n@@ -{first},7 +{first},7 @@\n"
    Path(patch).write_text(head + "".join(hunk), encoding="ascii")
    return expected.hexdigest()


def make_hunks(file, patch, count):
    """One file of short lines and a diff of `count` hunks that each replace one. Returns the result's SHA-256."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    pairs = [a + b for a in digits for b in digits]
    words = [pairs[i * 577 % 1296] + pairs[i * 1013 // 1296 % 1296] for i in range(4 * count)]
    name = Path(file).name
    with open(patch, "w", encoding="ascii") as diff:
        diff.write(f"--- a/{name}\n+++ b/{name}\n")
        for i in range(0, len(words), 4):
            above, old, below = words[i : i + 3]
            diff.write(f"@@ -{i + 1},3 +{i + 1},3 @@\n {above}\n-{old}\n+{old}.\n {below}\n")
    Path(file).write_text("\n".join(words) + "\n", encoding="ascii")
    words[1::4] = [word + "." for word in words[1::4]]
    return hashlib.sha256(("\n".join(words) + "\n").encode()).hexdigest()
