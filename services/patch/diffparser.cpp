#include "services/patch/diffparser.h"

#include "services/patch/diffheader.h"

#include <QRegularExpression>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr int submoduleMode = 0160000;
constexpr QByteArrayView bodyMarkers(" +-\\");

QString hunkTitle(int number)
{
    return QStringLiteral("Hunk %1").arg(number);
}

Error binaryError(int line)
{
    return diffError(line, QStringLiteral("This diff changes a binary file; binary patches are not read."),
                     QStringLiteral("Write the file with \"contentsBase64\" instead."));
}

// Reads a diff line by line. A function that fails returns the Error; m_at is the line that is looked at.
class DiffParser {
public:
    DiffParser(QByteArrayView text, HunkCounts counts)
        : m_counts(counts)
    {
        for (qsizetype at = 0; at < text.size();) {
            const qsizetype end = text.indexOf('\n', at);
            const qsizetype next = end < 0 ? text.size() : end + 1;
            m_lines.append(text.sliced(at, next - at));
            at = next;
        }
    }

    Result<Diff> read()
    {
        while (m_at < m_lines.size()) {
            const Result<void> step = readStep();
            if (!step) {
                return step.error();
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
    // A line without its ending; empty past the end.
    QByteArrayView header(qsizetype at) const
    {
        QByteArrayView line = at < m_lines.size() ? m_lines.at(at) : QByteArrayView("");
        while (line.endsWith('\n') || line.endsWith('\r')) {
            line.chop(1);
        }
        return line;
    }

    int lineNumber() const { return static_cast<int>(m_at) + 1; }

    bool startsPlainFile(qsizetype at) const
    {
        return header(at).startsWith("--- ") && header(at + 1).startsWith("+++ ")
            && (header(at + 2).startsWith("@@ ") || header(at + 2) == "@@");
    }

    Result<void> readStep()
    {
        const QByteArrayView line = header(m_at);
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
        if (line.startsWith("*** ") && header(m_at + 1).startsWith("--- ")
            && header(m_at + 2).startsWith("***************")) {
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
        readMailHeader(line);
        ++m_at;
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
        while (header(m_at + 1).startsWith(' ')) {
            ++m_at;
            m_diff.mail.subject += u' ' + QString::fromUtf8(header(m_at)).trimmed();
        }
        static const QRegularExpression tag(QStringLiteral("^\\[[^\\]]*\\]\\s*"));
        m_diff.mail.subject.remove(tag);
    }

    Result<void> readGitFile()
    {
        FileDiff file;
        file.patchLine = lineNumber();
        auto [oldName, newName] = gitHeaderNames(header(m_at).sliced(11));
        stripPrefixes(oldName, newName);
        ++m_at;
        Result<bool> more = true;
        while ((more = readExtendedLine(file, oldName, newName)) && *more) {
            ++m_at;
        }
        if (!more) {
            return more.error();
        }
        const QByteArrayView line = header(m_at);
        if (line == "GIT binary patch" || line.startsWith("Binary files ")) {
            return binaryError(lineNumber());
        }
        if (startsPlainFile(m_at)) {
            return readNamesAndHunks(file, oldName, newName);
        }
        return finish(file, oldName, newName);
    }

    // One line between "diff --git" and "---"; false when it is none of those.
    Result<bool> readExtendedLine(FileDiff &file, QByteArray &oldName, QByteArray &newName)
    {
        const QByteArrayView line = header(m_at);
        const auto value = [line](QByteArrayView key) {
            return line.startsWith(key) ? std::optional(line.sliced(key.size())) : std::nullopt;
        };
        const auto mode = [this](QByteArrayView text, std::optional<int> &into) -> Result<bool> {
            into = fileMode(text);
            if (!into) {
                return diffError(lineNumber(), QStringLiteral("This is not a file mode."));
            }
            if (*into == submoduleMode) {
                return diffError(lineNumber(), QStringLiteral("The diff changes a submodule; that cannot be applied."));
            }
            return true;
        };
        const auto name = [this, &file](QByteArrayView text, QByteArray &into, DiffAction action) -> Result<bool> {
            const Result<QByteArray> read = plainName(text, lineNumber());
            if (!read) {
                return read.error();
            }
            into = *read;
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
            if (blank < 0) {
                return true; // without a mode: it changes, or a file comes or goes
            }
            const Result<bool> read = mode(text->sliced(blank + 1), file.oldMode);
            file.newMode = file.oldMode;
            return read;
        }
        return line.startsWith("similarity index ") || line.startsWith("dissimilarity index ");
    }

    Result<void> readNamesAndHunks(FileDiff file, QByteArray gitOld = {}, QByteArray gitNew = {})
    {
        const Result<HeaderName> oldSide = headerName(header(m_at).sliced(4), lineNumber());
        const Result<HeaderName> newSide = headerName(header(m_at + 1).sliced(4), lineNumber() + 1);
        if (!oldSide || !newSide) {
            return oldSide ? newSide.error() : oldSide.error();
        }
        if (oldSide->nothing && newSide->nothing) {
            return diffError(lineNumber(), QStringLiteral("Both names are /dev/null: no file is named."));
        }
        QByteArray oldName = oldSide->nothing ? QByteArray() : oldSide->name;
        QByteArray newName = newSide->nothing ? QByteArray() : newSide->name;
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
        m_at += 2;
        const bool crlfTransport = m_at < m_lines.size() && m_lines.at(m_at).endsWith("\r\n");
        while (const std::optional<Hunk> start = hunkHeader(header(m_at))) {
            const Result<Hunk> hunk = readHunk(*start, static_cast<int>(file.hunks.size()) + 1, crlfTransport);
            if (!hunk) {
                return hunk.error();
            }
            file.hunks.append(*hunk);
        }
        if (header(m_at).startsWith("@@ ") || header(m_at) == "@@") {
            return diffError(lineNumber(), QStringLiteral("The header of this hunk cannot be read."),
                             QStringLiteral("Expected: @@ -line,count +line,count @@"));
        }
        return finish(file, oldName, newName);
    }

    Result<void> finish(FileDiff &file, const QByteArray &oldName, const QByteArray &newName)
    {
        const bool hasOld = file.action != DiffAction::Create;
        const bool hasNew = file.action != DiffAction::Delete;
        const QByteArray &oldOrNew = oldName.isEmpty() ? newName : oldName;
        const QByteArray &newOrOld = newName.isEmpty() ? oldName : newName;
        if (oldOrNew.isEmpty()) {
            return diffError(file.patchLine, QStringLiteral("It cannot be told which file this diff is about."),
                             QStringLiteral("Add --- and +++ lines, or quote the names."));
        }
        if (!oldOrNew.isValidUtf8() || !newOrOld.isValidUtf8()) {
            return diffError(file.patchLine, QStringLiteral("The file name is not valid UTF-8."));
        }
        file.oldPath = hasOld ? QString::fromUtf8(oldOrNew) : QString();
        file.newPath = hasNew ? QString::fromUtf8(newOrOld) : QString();
        const bool oneSided = file.action == DiffAction::Create || file.action == DiffAction::Delete;
        if (oneSided && file.hunks.size() > 1) {
            return diffError(file.hunks.at(1).patchLine,
                             QStringLiteral("A file that is created or deleted has one hunk, this one has %1.")
                                 .arg(file.hunks.size()));
        }
        if (file.action == DiffAction::Create && !file.hunks.isEmpty() && !file.hunks.first().oldLines().isEmpty()) {
            return diffError(file.hunks.first().patchLine,
                             QStringLiteral("A file that is created cannot have lines before."));
        }
        if (file.action == DiffAction::Delete && !file.hunks.isEmpty() && !file.hunks.first().newLines().isEmpty()) {
            return diffError(file.hunks.first().patchLine,
                             QStringLiteral("A file that is deleted cannot have lines after."));
        }
        m_diff.files.append(file);
        return {};
    }

    Result<Hunk> readHunk(Hunk hunk, int number, bool crlfTransport)
    {
        hunk.patchLine = lineNumber();
        ++m_at;
        const qsizetype bodyStart = m_at;
        const int statedOld = hunk.oldCount;
        const int statedNew = hunk.newCount;
        if (readCounted(hunk, crlfTransport) && !bodyGoesOn()) {
            return hunk;
        }
        m_at = bodyStart;
        hunk.lines.clear();
        readToEnd(hunk, crlfTransport);
        if (m_counts == HunkCounts::Recounted) {
            m_diff.warnings.append(QStringLiteral("%1 (line %2 of the diff): its counts were mended")
                                       .arg(hunkTitle(number))
                                       .arg(hunk.patchLine));
            return hunk;
        }
        return diffError(hunk.patchLine,
                         QStringLiteral("%1 says %2 old and %3 new lines, but has %4 and %5.")
                             .arg(hunkTitle(number))
                             .arg(statedOld)
                             .arg(statedNew)
                             .arg(hunk.oldCount)
                             .arg(hunk.newCount),
                         QStringLiteral("Correct the counts, or let them be mended with --recount."));
    }

    // Takes as many lines as the header says; false when there are not as many.
    bool readCounted(Hunk &hunk, bool crlfTransport)
    {
        int oldLeft = hunk.oldCount;
        int newLeft = hunk.newCount;
        while (oldLeft > 0 || newLeft > 0) {
            if (m_at >= m_lines.size() || !takeBodyLine(hunk, crlfTransport, oldLeft, newLeft)) {
                return false;
            }
        }
        if (header(m_at).startsWith('\\')) {
            takeNoNewline(hunk);
        }
        return !tookNextHeader(hunk);
    }

    // Whether the last two lines are the names of the next file, taken for body lines because the counts are one too
    // high: the hunk that follows then begins above the end of this one.
    bool tookNextHeader(const Hunk &hunk) const
    {
        const std::optional<Hunk> next =
            m_at >= 2 && startsPlainFile(m_at - 2) ? hunkHeader(header(m_at)) : std::nullopt;
        return next && next->oldStart < hunk.oldStart + hunk.oldCount;
    }

    bool takeBodyLine(Hunk &hunk, bool crlfTransport, int &oldLeft, int &newLeft)
    {
        const QByteArrayView head = header(m_at);
        const char marker = head.isEmpty() ? ' ' : head[0];
        if (marker == '\\') {
            takeNoNewline(hunk);
            return true;
        }
        if (!bodyMarkers.contains(marker)) {
            return false;
        }
        oldLeft -= marker != '+' ? 1 : 0;
        newLeft -= marker != '-' ? 1 : 0;
        if (oldLeft < 0 || newLeft < 0) {
            return false;
        }
        // Blanks at line ends are often lost on the way: an empty line is an empty context line.
        QByteArray text = m_lines.at(m_at).sliced(head.isEmpty() ? 0 : 1).toByteArray();
        if (crlfTransport && text.endsWith("\r\n")) {
            text.chop(2);
            text += '\n';
        }
        if (!text.endsWith('\n')) {
            text += '\n'; // the diff itself ends without one; "\ No newline" is what says so of the file
        }
        using enum DiffLine::Kind;
        hunk.lines.append({marker == '+' ? Add : marker == '-' ? Remove : Context, text});
        ++m_at;
        return true;
    }

    void takeNoNewline(Hunk &hunk)
    {
        if (!hunk.lines.isEmpty() && hunk.lines.last().text.endsWith('\n')) {
            hunk.lines.last().text.chop(1);
        }
        ++m_at;
    }

    // Whether the line after a complete hunk looks as if it belonged to it.
    bool bodyGoesOn() const
    {
        qsizetype at = m_at;
        while (at < m_lines.size() && header(at).isEmpty()) {
            ++at;
        }
        const QByteArrayView line = header(at);
        if (line.isEmpty() || startsPlainFile(at) || isSignature(at) || line == "---") {
            return false;
        }
        return line[0] == '+' || line[0] == '-' || (line[0] == ' ' && at == m_at);
    }

    // The "-- " under a mail that git format-patch makes.
    bool isSignature(qsizetype at) const
    {
        const QByteArrayView next = header(at + 1);
        return (header(at) == "-- " || header(at) == "--") && (next.isEmpty() || !bodyMarkers.contains(next[0]));
    }

    // Takes lines for as long as they look like a hunk's, and sets the counts by them.
    void readToEnd(Hunk &hunk, bool crlfTransport)
    {
        constexpr int plenty = 1 << 30;
        int oldLeft = plenty;
        int newLeft = plenty;
        while (m_at < m_lines.size() && !startsPlainFile(m_at) && !isSignature(m_at) && !onlyBlanksFollow()
               && takeBodyLine(hunk, crlfTransport, oldLeft, newLeft)) { }
        hunk.oldCount = plenty - oldLeft;
        hunk.newCount = plenty - newLeft;
    }

    // Empty lines in front of something else, or of the end, are prose, not context.
    bool onlyBlanksFollow() const
    {
        qsizetype at = m_at;
        while (at < m_lines.size() && header(at).isEmpty()) {
            ++at;
        }
        return at > m_at && (at == m_lines.size() || !bodyMarkers.contains(header(at)[0]) || startsPlainFile(at));
    }

    // A text without a unified diff may still be a diff of another kind.
    Result<void> refuseOtherForms() const
    {
        static const QRegularExpression command(QStringLiteral("^\\d+(,\\d+)?[acd](\\d+(,\\d+)?)?$"));
        for (qsizetype at = 0; at < m_lines.size(); ++at) {
            if (!command.match(QString::fromLatin1(header(at))).hasMatch()) {
                continue;
            }
            const QByteArrayView next = header(at + 1);
            const bool normal = next.startsWith("< ") || next.startsWith("> ");
            return diffError(static_cast<int>(at) + 1,
                             normal ? QStringLiteral("This is a normal diff; only unified diffs are read.")
                                    : QStringLiteral("This looks like an ed script; only unified diffs are read."),
                             QStringLiteral("Make it with diff -u."));
        }
        return {};
    }

    HunkCounts m_counts;
    QList<QByteArrayView> m_lines;
    qsizetype m_at = 0;
    Diff m_diff;
};

} // namespace

Result<Diff> parseDiff(QByteArrayView text, HunkCounts counts)
{
    return DiffParser(text, counts).read();
}

} // namespace PatchPanel::Patch
