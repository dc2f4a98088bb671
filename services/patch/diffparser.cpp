#include "services/patch/diffparser.h"

#include "services/common/utf8.h"
#include "services/patch/diffheader.h"
#include "services/patch/newline.h"

#include <QRegularExpression>

#include <algorithm>
#include <limits>

namespace PatchPanel::Patch {

namespace {

constexpr int submoduleMode = 0160000;
constexpr qsizetype usualFileBytes = 1024; // of diff text about one file
constexpr qsizetype mostReserved = 65536;

bool isBodyMarker(char c)
{
    return c == ' ' || c == '+' || c == '-' || c == '\\';
}

QString hunkTitle(int number)
{
    return QStringLiteral("Hunk %1").arg(number);
}

Error binaryError(int line)
{
    return diffError(line, QStringLiteral("This diff changes a binary file, but does not hold its data."),
                     QStringLiteral("Make it with git diff --binary."));
}

// "From <id> …" and "commit <id>", with which `git format-patch` and `git log` begin a patch.
bool startsPatch(QByteArrayView line)
{
    constexpr qsizetype shortestId = 7;
    const qsizetype start = line.startsWith("From ") ? 5 : line.startsWith("commit ") ? 7 : -1;
    if (start < 0) {
        return false;
    }
    const auto isHex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    };
    const QByteArrayView rest = line.sliced(start);
    return std::find_if_not(rest.begin(), rest.end(), isHex) - rest.begin() >= shortestId;
}

// Reads a diff line by line. A function that fails returns the Error; m_at is where the line begins that is looked at.
class DiffParser {
public:
    explicit DiffParser(const QByteArray &text)
        : m_owner(std::make_shared<DiffText>())
    {
        m_owner->text = text;
        m_text = m_owner->text;
        m_diff.files.reserve(std::min(text.size() / usualFileBytes, mostReserved));
    }

    Result<Diff> read()
    {
        while (!atEnd()) {
            const Result<void> step = readStep();
            if (!step) {
                return m_diff.countProblem.value_or(step.error());
            }
        }
        if (m_diff.files.isEmpty()) {
            const Result<void> known = refuseOtherForms();
            if (!known) {
                return known.error();
            }
        }
        return m_diff;
    }

private:
    bool atEnd() const { return m_at >= m_text.size(); }

    // Where the line after the one at `start` begins.
    qsizetype lineAfter(qsizetype start) const
    {
        const qsizetype newline = nextNewline(m_text, start);
        return newline < 0 ? m_text.size() : newline + 1;
    }

    QByteArrayView lineWithEnding(qsizetype start) const { return m_text.sliced(start, lineAfter(start) - start); }

    // The line at `start`, without its ending; empty past the end.
    QByteArrayView lineAt(qsizetype start) const
    {
        QByteArrayView line = lineWithEnding(start);
        while (line.endsWith('\n') || line.endsWith('\r')) {
            line.chop(1);
        }
        return line;
    }

    // The line that is looked at, or one of those after it.
    QByteArrayView header(int below = 0) const
    {
        qsizetype start = m_at;
        for (; below > 0; --below) {
            start = lineAfter(start);
        }
        return lineAt(start);
    }

    void advance()
    {
        m_at = lineAfter(m_at);
        ++m_line;
    }

    int lineNumber() const { return m_line; }

    bool startsPlainFile(qsizetype start) const
    {
        if (!lineAt(start).startsWith("--- ")) {
            return false;
        }
        const qsizetype second = lineAfter(start);
        const QByteArrayView third = lineAt(lineAfter(second));
        return lineAt(second).startsWith("+++ ") && (third.startsWith("@@ ") || third == "@@");
    }

    Result<void> readStep()
    {
        const QByteArrayView line = header();
        if (line.startsWith("diff --git ")) {
            return readGitFile();
        }
        if (line.startsWith("diff --cc ") || line.startsWith("diff --combined ") || line.startsWith("@@@ ")) {
            return diffError(lineNumber(), QStringLiteral("This is a combined diff of a merge; it cannot be applied."),
                             QStringLiteral("Make the diff against one parent."));
        }
        if (startsPlainFile(m_at)) {
            FileDiff file;
            file.patchLine = lineNumber();
            return readNamesAndHunks(file);
        }
        if (line.startsWith("*** ") && header(1).startsWith("--- ") && header(2).startsWith("***************")) {
            return diffError(lineNumber(), QStringLiteral("This is a context diff; only unified diffs are read."),
                             QStringLiteral("Make it with diff -u."));
        }
        if (line.startsWith("Binary files ") && line.endsWith(" differ")) {
            return binaryError(lineNumber());
        }
        if (hunkHeader(line)) {
            return diffError(lineNumber(),
                             QStringLiteral("A hunk stands here without the --- and +++ lines of its file."),
                             QStringLiteral("Name the file in front of it: --- a/path and +++ b/path."));
        }
        if (!m_diff.files.isEmpty() && isChangeCommand(line)) { // else the whole text is searched for it, in the end
            return otherForm(m_at, lineNumber());
        }
        m_patch += startsPatch(line) ? 1 : 0;
        readMailHeader(line);
        advance();
        return {};
    }

    void readMailHeader(QByteArrayView line)
    {
        if (!m_diff.files.isEmpty()) {
            return;
        }
        const auto take = [line](QByteArrayView name, QString &value) {
            if (value.isEmpty() && line.startsWith(name)) {
                value = QString::fromUtf8(line.sliced(name.size())).trimmed();
                return true;
            }
            return false;
        };
        take("From: ", m_diff.mail.author);
        take("Date: ", m_diff.mail.date);
        if (!take("Subject: ", m_diff.mail.subject)) {
            return;
        }
        // A folded header goes on in lines that begin with a blank (RFC 5322, section 2.2.3).
        while (header(1).startsWith(' ')) {
            advance();
            m_diff.mail.subject += u' ' + QString::fromUtf8(header()).trimmed();
        }
        static const QRegularExpression tag(QStringLiteral("^\\[[^\\]]*\\]\\s*"));
        m_diff.mail.subject.remove(tag);
    }

    Result<void> readGitFile()
    {
        FileDiff file;
        file.patchLine = lineNumber();
        auto [oldName, newName] = gitHeaderNames(header().sliced(11), m_owner->mended);
        file.rawOld = oldName;
        file.rawNew = newName;
        stripPrefixes(oldName, newName);
        advance();
        Result<bool> more = true;
        while ((more = readExtendedLine(file, oldName, newName)) && *more) {
            advance();
        }
        if (!more) {
            return more.error();
        }
        const QByteArrayView line = header();
        if (line == "GIT binary patch") {
            const Result<void> read = readBinary(file);
            return read ? finish(file, oldName, newName) : read;
        }
        if (line.startsWith("Binary files ")) {
            return binaryError(lineNumber());
        }
        if (startsPlainFile(m_at)) {
            return readNamesAndHunks(file, oldName, newName);
        }
        return finish(file, oldName, newName);
    }

    // One line between "diff --git" and "---"; false when it is none of those.
    Result<bool> readExtendedLine(FileDiff &file, QByteArrayView &oldName, QByteArrayView &newName)
    {
        const QByteArrayView line = header();
        const auto value = [line](QByteArrayView key) {
            return line.startsWith(key) ? std::optional(line.sliced(key.size())) : std::nullopt;
        };
        const auto mode = [this](QByteArrayView text, std::optional<int> &into) -> Result<bool> {
            into = fileMode(text);
            if (!into) {
                return diffError(lineNumber(), QStringLiteral("This is not a file mode."),
                                 QStringLiteral("Expected 100644, 100755 or 120000."));
            }
            if (*into == submoduleMode) {
                return diffError(lineNumber(), QStringLiteral("The diff changes a submodule; that cannot be applied."));
            }
            return true;
        };
        const auto name = [this, &file, &oldName](QByteArrayView text, QByteArrayView &into,
                                                  DiffAction action) -> Result<bool> {
            const Result<QByteArrayView> read = plainName(text, lineNumber(), m_owner->mended);
            if (!read) {
                return read.error();
            }
            into = *read;
            (&into == &oldName ? file.rawOld : file.rawNew) = *read;
            file.action = action;
            return true;
        };
        if (const auto text = value("old mode ")) {
            return mode(*text, file.oldMode);
        }
        if (const auto text = value("new mode ")) {
            return mode(*text, file.newMode);
        }
        if (const auto text = value("new file mode ")) {
            file.action = DiffAction::Create;
            return mode(*text, file.newMode);
        }
        if (const auto text = value("deleted file mode ")) {
            file.action = DiffAction::Delete;
            return mode(*text, file.oldMode);
        }
        if (const auto text = value("rename from ")) {
            return name(*text, oldName, DiffAction::Rename);
        }
        if (const auto text = value("rename to ")) {
            return name(*text, newName, DiffAction::Rename);
        }
        if (const auto text = value("copy from ")) {
            return name(*text, oldName, DiffAction::Copy);
        }
        if (const auto text = value("copy to ")) {
            return name(*text, newName, DiffAction::Copy);
        }
        if (const auto text = value("index ")) {
            const qsizetype blank = text->lastIndexOf(' ');
            const QByteArrayView ids = text->first(blank < 0 ? text->size() : blank);
            const qsizetype dots = ids.indexOf("..");
            file.oldBlob = ids.first(std::max<qsizetype>(dots, 0));
            file.newBlob = dots < 0 ? QByteArrayView() : ids.sliced(dots + 2);
            if (blank < 0) {
                return true; // without a mode: it changes, or a file comes or goes
            }
            const Result<bool> read = mode(text->sliced(blank + 1), file.oldMode);
            file.newMode = file.oldMode;
            return read;
        }
        return line.startsWith("similarity index ") || line.startsWith("dissimilarity index ");
    }

    Result<void> readNamesAndHunks(FileDiff file, QByteArrayView gitOld = {}, QByteArrayView gitNew = {})
    {
        const Result<HeaderName> oldSide = headerName(header().sliced(4), lineNumber(), m_owner->mended);
        const Result<HeaderName> newSide = headerName(header(1).sliced(4), lineNumber() + 1, m_owner->mended);
        if (!oldSide || !newSide) {
            return oldSide ? newSide.error() : oldSide.error();
        }
        if (oldSide->nothing && newSide->nothing) {
            return diffError(lineNumber(), QStringLiteral("Both names are /dev/null: no file is named."));
        }
        QByteArrayView oldName = oldSide->nothing ? QByteArrayView() : oldSide->name;
        QByteArrayView newName = newSide->nothing ? QByteArrayView() : newSide->name;
        stripPrefixes(oldName, newName);
        if (oldSide->nothing) {
            file.action = DiffAction::Create;
        } else if (newSide->nothing) {
            file.action = DiffAction::Delete;
        }
        const bool renames = file.action == DiffAction::Rename || file.action == DiffAction::Copy;
        if (renames && (gitOld != oldName || gitNew != newName)) {
            return diffError(lineNumber(), QStringLiteral("The names here differ from those of the lines above."));
        }
        const bool keepsNames = renames; // "rename from" said them without a prefix
        if (!keepsNames) {
            file.rawOld = oldSide->nothing ? QByteArrayView() : oldSide->name;
            file.rawNew = newSide->nothing ? QByteArrayView() : newSide->name;
        }
        advance();
        advance();
        const bool crlfTransport = lineWithEnding(m_at).endsWith("\r\n");
        while (const std::optional<Hunk> start = hunkHeader(header())) {
            file.hunks.append(readHunk(*start, static_cast<int>(file.hunks.size()) + 1, crlfTransport));
        }
        if (header().startsWith("@@ ") || header() == "@@") {
            return diffError(lineNumber(), QStringLiteral("The header of this hunk cannot be read."),
                             QStringLiteral("Expected: @@ -line,count +line,count @@"));
        }
        return finish(file, oldName, newName);
    }

    // The data of a binary file, forward and, mostly, backward.
    Result<void> readBinary(FileDiff &file)
    {
        if (m_allLines.isEmpty()) {
            for (qsizetype start = 0; start < m_text.size(); start = lineAfter(start)) {
                m_allLines.append(lineAt(start));
            }
        }
        qsizetype at = m_line; // the line after "GIT binary patch", from 0
        Result<BinaryBlock> forward = readBinaryBlock(m_allLines, at);
        if (!forward) {
            return forward.error();
        }
        auto binary = std::make_shared<BinaryPatch>(BinaryPatch{*std::move(forward), {}});
        const QByteArrayView next = at < m_allLines.size() ? m_allLines.at(at) : QByteArrayView();
        if (next.startsWith("literal ") || next.startsWith("delta ")) {
            Result<BinaryBlock> backward = readBinaryBlock(m_allLines, at);
            if (!backward) {
                return backward.error();
            }
            binary->backward = *std::move(backward);
        }
        file.binary = std::move(binary);
        m_line = static_cast<int>(at) + 1;
        m_at = at < m_allLines.size() ? m_allLines.at(at).data() - m_text.data() : m_text.size();
        return {};
    }

    Result<void> finish(FileDiff &file, QByteArrayView oldName, QByteArrayView newName)
    {
        const bool hasOld = file.action != DiffAction::Create;
        const bool hasNew = file.action != DiffAction::Delete;
        const bool transfers = file.action == DiffAction::Rename || file.action == DiffAction::Copy;
        if (transfers && (oldName.isEmpty() || newName.isEmpty() || oldName == newName)) {
            return diffError(file.patchLine, QStringLiteral("The diff does not name both files of a rename or copy."),
                             QStringLiteral("Expected \"rename from\" and \"rename to\", or the same with \"copy\"."));
        }
        const QByteArrayView oldOrNew = oldName.isEmpty() ? newName : oldName;
        const QByteArrayView newOrOld = newName.isEmpty() ? oldName : newName;
        if (oldOrNew.isEmpty()) {
            return diffError(file.patchLine, QStringLiteral("It cannot be told which file this diff is about."),
                             QStringLiteral("Add --- and +++ lines, or quote the names."));
        }
        if (!oldOrNew.isValidUtf8() || !newOrOld.isValidUtf8()) {
            return diffError(file.patchLine, QStringLiteral("The file name is not valid UTF-8."));
        }
        const QString oldPath = textFromUtf8(oldOrNew);
        file.oldPath = hasOld ? oldPath : QString();
        file.newPath = !hasNew ? QString() : newOrOld == oldOrNew ? oldPath : textFromUtf8(newOrOld);
        const bool oneSided = file.action == DiffAction::Create || file.action == DiffAction::Delete;
        if (oneSided && file.hunks.size() > 1) {
            return diffError(file.hunks.at(1).patchLine,
                             QStringLiteral("A file that is created or deleted has one hunk, this one has %1.")
                                 .arg(file.hunks.size()));
        }
        if (file.action == DiffAction::Create && !file.hunks.isEmpty() && file.hunks.first().oldCount > 0) {
            return diffError(file.hunks.first().patchLine,
                             QStringLiteral("A file that is created cannot have lines before."));
        }
        if (file.action == DiffAction::Delete && !file.hunks.isEmpty() && file.hunks.first().newCount > 0) {
            return diffError(file.hunks.first().patchLine,
                             QStringLiteral("A file that is deleted cannot have lines after."));
        }
        file.text = m_owner;
        file.patch = m_patch;
        m_diff.files.append(std::move(file));
        return {};
    }

    Hunk readHunk(Hunk hunk, int number, bool crlfTransport)
    {
        hunk.patchLine = lineNumber();
        advance();
        const Hunk stated = hunk;
        const qsizetype start = m_at;
        const int startLine = m_line;
        if (!readCounted(hunk) || bodyGoesOn()) {
            m_at = start;
            m_line = startLine;
            readToEnd(hunk);
            m_diff.warnings.append(QStringLiteral("%1 (line %2 of the diff): its counts were mended")
                                       .arg(hunkTitle(number))
                                       .arg(hunk.patchLine));
            if (!m_diff.countProblem) {
                m_diff.countProblem = wrongCounts(number, stated, hunk);
            }
        }
        hunk.body = body(start, crlfTransport);
        measure(hunk);
        return hunk;
    }

    static Error wrongCounts(int number, const Hunk &stated, const Hunk &found)
    {
        return diffError(stated.patchLine,
                         QStringLiteral("%1 says %2 old and %3 new lines, but has %4 and %5.")
                             .arg(hunkTitle(number))
                             .arg(stated.oldCount)
                             .arg(stated.newCount)
                             .arg(found.oldCount)
                             .arg(found.newCount),
                         QStringLiteral("Correct the counts, or let them be mended with --recount."));
    }

    // Takes as many lines as the header says; false when there are not as many.
    bool readCounted(const Hunk &hunk)
    {
        int oldLeft = hunk.oldCount;
        int newLeft = hunk.newCount;
        qsizetype last = -1; // where the last line began, and the one before it
        qsizetype beforeLast = -1;
        while (oldLeft > 0 || newLeft > 0) {
            beforeLast = last;
            last = m_at;
            if (atEnd() || !takeBodyLine(oldLeft, newLeft)) {
                return false;
            }
        }
        if (m_at < m_text.size() && m_text[m_at] == '\\') {
            advance();
        }
        return !tookNextHeader(hunk, beforeLast);
    }

    // Whether the last two lines are the names of the next file, taken for body lines because the counts are one too
    // high: the hunk that follows then begins above the end of this one.
    bool tookNextHeader(const Hunk &hunk, qsizetype beforeLast) const
    {
        if (beforeLast < 0 || m_text[beforeLast] != '-' || !startsPlainFile(beforeLast)) {
            return false;
        }
        const std::optional<Hunk> next = hunkHeader(header());
        return next && next->oldStart < hunk.oldStart + hunk.oldCount;
    }

    bool takeBodyLine(int &oldLeft, int &newLeft)
    {
        const char first = m_text[m_at];
        // Blanks at line ends are often lost on the way: an empty line is an empty context line.
        const char marker = first == '\n' || first == '\r' ? (lineAt(m_at).isEmpty() ? ' ' : first) : first;
        if (marker == '\\') {
            advance();
            return true;
        }
        if (!isBodyMarker(marker)) {
            return false;
        }
        oldLeft -= marker != '+' ? 1 : 0;
        newLeft -= marker != '-' ? 1 : 0;
        if (oldLeft < 0 || newLeft < 0) {
            return false;
        }
        advance();
        return true;
    }

    // The text from `start` to here in the form that HunkLines reads: as it is, if it can be.
    QByteArrayView body(qsizetype start, bool crlfTransport)
    {
        const QByteArrayView text = m_text.sliced(start, m_at - start);
        bool afterLine = false; // "\ No newline" may follow
        for (qsizetype at = start; at < m_at;) {
            const char marker = m_text[at];
            const QByteArrayView line = lineWithEnding(at);
            at += line.size();
            const bool mends = !isBodyMarker(marker) || (marker == '\\' && !afterLine) || !line.endsWith('\n')
                || (crlfTransport && line.endsWith("\r\n"));
            if (mends) {
                return m_owner->mended.emplace_back(mendedBody(start, crlfTransport));
            }
            afterLine = marker != '\\';
        }
        return text;
    }

    QByteArray mendedBody(qsizetype start, bool crlfTransport) const
    {
        QByteArray mended;
        bool afterLine = false;
        for (qsizetype at = start; at < m_at; at = lineAfter(at)) {
            QByteArrayView line = lineWithEnding(at);
            if (line.startsWith('\\')) {
                mended += afterLine ? "\\\n" : "";
                afterLine = false;
                continue;
            }
            if (!isBodyMarker(line[0])) {
                mended += ' ';
            }
            line.chop(line.endsWith('\n') ? 1 : 0);
            line.chop(crlfTransport && line.endsWith('\r') ? 1 : 0);
            mended += line;
            mended += '\n'; // the diff itself may end without one; "\ No newline" is what says so of the file
            afterLine = true;
        }
        return mended;
    }

    static void measure(Hunk &hunk)
    {
        int context = 0; // lines since the last change
        for (const DiffLine &line : hunk.lines()) {
            const bool open = !line.text.endsWith('\n');
            hunk.hasCrlf = hunk.hasCrlf || line.text.endsWith("\r\n");
            if (line.kind == DiffLine::Kind::Context) {
                ++context;
            } else {
                hunk.leadingContext = hunk.added + hunk.removed == 0 ? context : hunk.leadingContext;
                context = 0;
                ++(line.kind == DiffLine::Kind::Add ? hunk.added : hunk.removed);
            }
            hunk.oldEndsOpen = line.kind == DiffLine::Kind::Add ? hunk.oldEndsOpen : open;
            hunk.newEndsOpen = line.kind == DiffLine::Kind::Remove ? hunk.newEndsOpen : open;
        }
        hunk.leadingContext = hunk.added + hunk.removed == 0 ? context : hunk.leadingContext;
        hunk.trailingContext = context;
    }

    // Where the first line stands that is not empty, from here on.
    qsizetype afterEmptyLines() const
    {
        qsizetype at = m_at;
        while (at < m_text.size() && lineAt(at).isEmpty()) {
            at = lineAfter(at);
        }
        return at;
    }

    // Whether the line after a complete hunk looks as if it belonged to it.
    bool bodyGoesOn() const
    {
        const qsizetype at = afterEmptyLines();
        const QByteArrayView line = lineAt(at);
        if (line.isEmpty() || startsPlainFile(at) || isSignature(at) || line == "---") {
            return false;
        }
        return line[0] == '+' || line[0] == '-' || (line[0] == ' ' && at == m_at);
    }

    // The "-- " under a mail that git format-patch makes.
    bool isSignature(qsizetype at) const
    {
        const QByteArrayView next = lineAt(lineAfter(at));
        return (lineAt(at) == "-- " || lineAt(at) == "--") && (next.isEmpty() || !isBodyMarker(next[0]));
    }

    // Takes lines for as long as they look like a hunk's, and sets the counts by them.
    void readToEnd(Hunk &hunk)
    {
        constexpr int plenty = std::numeric_limits<int>::max();
        int oldLeft = plenty;
        int newLeft = plenty;
        while (!atEnd() && !startsPlainFile(m_at) && !isSignature(m_at) && !onlyBlanksFollow()
               && takeBodyLine(oldLeft, newLeft)) { }
        hunk.oldCount = plenty - oldLeft;
        hunk.newCount = plenty - newLeft;
    }

    // Empty lines in front of something else, or of the end, are prose, not context.
    bool onlyBlanksFollow() const
    {
        const qsizetype at = afterEmptyLines();
        return at > m_at && (at == m_text.size() || !isBodyMarker(lineAt(at)[0]) || startsPlainFile(at));
    }

    // "3c3", "1,2d0": a change as `diff` writes it without options, and as ed reads it.
    static bool isChangeCommand(QByteArrayView line)
    {
        static const QRegularExpression command(QStringLiteral("^\\d+(,\\d+)?[acd](\\d+(,\\d+)?)?$"));
        return !line.isEmpty() && line[0] >= '0' && line[0] <= '9'
            && command.match(QString::fromLatin1(line)).hasMatch();
    }

    // Names the form by what follows the command.
    Error otherForm(qsizetype at, int number) const
    {
        const QByteArrayView next = lineAt(lineAfter(at));
        const bool normal = next.startsWith("< ") || next.startsWith("> ");
        return diffError(number,
                         normal ? QStringLiteral("This is a normal diff; only unified diffs are read.")
                                : QStringLiteral("This looks like an ed script; only unified diffs are read."),
                         QStringLiteral("Make it with diff -u."));
    }

    // A text without a unified diff may still be a diff of another kind.
    Result<void> refuseOtherForms() const
    {
        int number = 0;
        for (qsizetype at = 0; at < m_text.size(); at = lineAfter(at)) {
            ++number;
            const QByteArrayView line = lineAt(at);
            if (isChangeCommand(line)) {
                return otherForm(at, number);
            }
        }
        return {};
    }

    std::shared_ptr<DiffText> m_owner;
    QByteArrayView m_text;
    QList<QByteArrayView> m_allLines; // without endings; filled when there is binary data
    qsizetype m_at = 0;
    int m_line = 1;
    int m_patch = 0;
    Diff m_diff;
};

// The name without its first parts; "//" counts as one separator. Nothing when it has not as many.
std::optional<QByteArrayView> withoutParts(QByteArrayView name, int parts)
{
    qsizetype at = 0;
    for (; parts > 0; --parts) {
        at = name.indexOf('/', at);
        if (at < 0) {
            return std::nullopt;
        }
        while (at < name.size() && name[at] == '/') {
            ++at;
        }
    }
    return at < name.size() ? std::optional(name.sliced(at)) : std::nullopt;
}

} // namespace

Result<Diff> parseDiff(const QByteArray &text, HunkCounts counts)
{
    Result<Diff> diff = DiffParser(text).read();
    if (diff && counts == HunkCounts::Checked && diff->countProblem) {
        return *diff->countProblem;
    }
    return diff;
}

Result<FileDiff> withStrippedNames(const FileDiff &file, int parts)
{
    const bool transfers = file.action == DiffAction::Rename || file.action == DiffAction::Copy;
    FileDiff stripped = file;
    for (const auto &[raw, path] :
         {std::pair(&file.rawOld, &stripped.oldPath), std::pair(&file.rawNew, &stripped.newPath)}) {
        if (path->isEmpty()) {
            continue;
        }
        // Of a file that comes or goes only one side may be named.
        const QByteArrayView name = raw->isEmpty() ? (raw == &file.rawOld ? file.rawNew : file.rawOld) : *raw;
        const std::optional<QByteArrayView> rest = withoutParts(name, transfers ? std::max(0, parts - 1) : parts);
        if (!rest) {
            return diffError(file.patchLine,
                             QStringLiteral("The name %1 has not the %2 leading parts that --strip takes off.")
                                 .arg(QString::fromUtf8(name))
                                 .arg(parts),
                             QStringLiteral("Give the number of parts to take off the names, as patch -p does."));
        }
        *path = textFromUtf8(*rest);
    }
    return stripped;
}

} // namespace PatchPanel::Patch
