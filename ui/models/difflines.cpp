#include "ui/models/difflines.h"

#include "ui/models/linepairs.h"

#include <charconv>
#include <optional>

namespace PatchPanel::Ui {

namespace {

// "12,7" or "12": where it begins, and how many lines (1 when that is not told).
struct LineRange {
    int start = 0;
    int count = 1;
};

std::optional<int> takeNumber(QByteArrayView &text)
{
    int number = 0;
    const auto [end, problem] = std::from_chars(text.begin(), text.end(), number);
    if (problem != std::errc() || number < 0) {
        return std::nullopt;
    }
    text = text.sliced(end - text.begin());
    return number;
}

bool take(QByteArrayView &text, QByteArrayView expected)
{
    if (!text.startsWith(expected)) {
        return false;
    }
    text = text.sliced(expected.size());
    return true;
}

std::optional<LineRange> takeRange(QByteArrayView &text)
{
    const std::optional<int> start = takeNumber(text);
    if (!start) {
        return std::nullopt;
    }
    LineRange range{*start};
    if (take(text, ",")) {
        const std::optional<int> count = takeNumber(text);
        if (!count) {
            return std::nullopt;
        }
        range.count = *count;
    }
    return range;
}

std::optional<DiffHunk> readHunkHeader(QByteArrayView line)
{
    if (!take(line, "@@ -")) {
        return std::nullopt;
    }
    const std::optional<LineRange> before = takeRange(line);
    if (!before || !take(line, " +")) {
        return std::nullopt;
    }
    const std::optional<LineRange> after = takeRange(line);
    if (!after || !take(line, " @@")) {
        return std::nullopt;
    }
    return DiffHunk{.oldStart = before->start,
                    .oldCount = before->count,
                    .newStart = after->start,
                    .newCount = after->count,
                    .section = line.trimmed()};
}

bool isFileName(const QByteArrayView &line)
{
    return line.startsWith("diff --git ") || line.startsWith("--- ") || line.startsWith("+++ ")
        || line.startsWith("index ");
}

class Reader {
public:
    explicit Reader(Diff &diff)
        : m_diff(diff)
    {
    }

    void take(QByteArrayView line)
    {
        const bool isOwed = m_oldLeft > 0 || m_newLeft > 0;
        if (isOwed || (line.startsWith('\\') && !m_diff.hunks.empty())) {
            takeHunkLine(line);
        } else {
            takeHeader(line);
        }
    }

private:
    void takeHeader(QByteArrayView line)
    {
        if (std::optional<DiffHunk> hunk = readHunkHeader(line)) {
            m_oldNumber = hunk->oldBegin();
            m_newNumber = hunk->newBegin();
            m_oldLeft = hunk->oldCount;
            m_newLeft = hunk->newCount;
            hunk->header = static_cast<int>(m_diff.lines.size());
            hunk->end = hunk->header + 1;
            hunk->bytes = line;
            m_diff.hunks.push_back(*hunk);
            m_diff.lines.push_back({DiffKind::Hunk, 0, 0, line});
        } else if (!isFileName(line) && !line.isEmpty()) {
            m_diff.lines.push_back({DiffKind::Note, 0, 0, line});
        }
    }

    void takeHunkLine(QByteArrayView line)
    {
        const char mark = line.isEmpty() ? ' ' : line.front();
        const QByteArrayView text = line.isEmpty() ? line : line.sliced(1);
        switch (mark) {
        case '+':
            --m_newLeft;
            ++m_diff.changed;
            m_diff.lines.push_back({DiffKind::Added, 0, m_newNumber++, text});
            break;
        case '-':
            --m_oldLeft;
            ++m_diff.changed;
            m_diff.lines.push_back({DiffKind::Removed, m_oldNumber++, 0, text});
            break;
        case '\\': // "\ No newline at end of file"
            m_diff.lines.push_back({DiffKind::Note, 0, 0, text.trimmed()});
            break;
        default:
            --m_oldLeft;
            --m_newLeft;
            m_diff.lines.push_back({DiffKind::Context, m_oldNumber++, m_newNumber++, text});
        }
        DiffHunk &hunk = m_diff.hunks.back();
        hunk.end = static_cast<int>(m_diff.lines.size());
        hunk.bytes = QByteArrayView(hunk.bytes.begin(), line.end());
    }

    Diff &m_diff;
    int m_oldNumber = 0;
    int m_newNumber = 0;
    int m_oldLeft = 0; // lines that the hunk still owes
    int m_newLeft = 0;
};

} // namespace

Diff readDiff(const QByteArray &text)
{
    constexpr qsizetype usualLine = 40; // bytes
    Diff diff{.text = text};
    diff.lines.reserve(static_cast<std::size_t>(text.size() / usualLine));
    const QByteArrayView all(diff.text);
    Reader reader(diff);
    for (qsizetype start = 0; start < all.size();) {
        qsizetype end = all.indexOf('\n', start);
        if (end < 0) {
            end = all.size();
        }
        reader.take(all.sliced(start, end - start));
        start = end + 1;
    }
    pairChangedLines(diff.lines);
    return diff;
}

} // namespace PatchPanel::Ui
