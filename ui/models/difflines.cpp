#include "ui/models/difflines.h"

#include "ui/models/displaytext.h"

#include <QRegularExpression>

namespace PatchPanel::Ui {

namespace {

struct HunkHeader {
    int oldStart;
    int oldCount;
    int newStart;
    int newCount;
};

std::optional<HunkHeader> readHunkHeader(const QString &line)
{
    static const QRegularExpression form(QStringLiteral("\\A@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@"));
    const QRegularExpressionMatch match = form.match(line);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const auto countAt = [&match](int group) {
        return match.capturedLength(group) > 0 ? match.capturedView(group).toInt() : 1;
    };
    return HunkHeader{match.capturedView(1).toInt(), countAt(2), match.capturedView(3).toInt(), countAt(4)};
}

bool isFileName(const QByteArrayView &line)
{
    return line.startsWith("diff --git ") || line.startsWith("--- ") || line.startsWith("+++ ")
        || line.startsWith("index ");
}

class Reader {
public:
    void take(QByteArrayView line)
    {
        if (m_oldLeft > 0 || m_newLeft > 0 || line.startsWith('\\')) {
            takeHunkLine(line);
        } else {
            takeHeader(line);
        }
    }

    QList<DiffLine> lines;

private:
    void takeHeader(QByteArrayView line)
    {
        const QString text = displayText(line);
        if (const std::optional<HunkHeader> header = readHunkHeader(text)) {
            m_oldNumber = header->oldStart;
            m_newNumber = header->newStart;
            m_oldLeft = header->oldCount;
            m_newLeft = header->newCount;
            lines.append({DiffKind::Hunk, 0, 0, text});
        } else if (!isFileName(line) && !line.isEmpty()) {
            lines.append({DiffKind::Note, 0, 0, text});
        }
    }

    void takeHunkLine(QByteArrayView line)
    {
        const char mark = line.isEmpty() ? ' ' : line.front();
        const QString text = displayText(line.isEmpty() ? line : line.sliced(1));
        switch (mark) {
        case '+':
            --m_newLeft;
            lines.append({DiffKind::Added, 0, m_newNumber++, text});
            break;
        case '-':
            --m_oldLeft;
            lines.append({DiffKind::Removed, m_oldNumber++, 0, text});
            break;
        case '\\': // "\ No newline at end of file"
            lines.append({DiffKind::Note, 0, 0, text.trimmed()});
            break;
        default:
            --m_oldLeft;
            --m_newLeft;
            lines.append({DiffKind::Context, m_oldNumber++, m_newNumber++, text});
        }
    }

    int m_oldNumber = 0;
    int m_newNumber = 0;
    int m_oldLeft = 0; // lines that the hunk still owes
    int m_newLeft = 0;
};

} // namespace

QList<DiffLine> readDiffLines(const QByteArray &diff)
{
    Reader reader;
    qsizetype start = 0;
    while (start < diff.size()) {
        qsizetype end = diff.indexOf('\n', start);
        if (end < 0) {
            end = diff.size();
        }
        reader.take(QByteArrayView(diff).sliced(start, end - start));
        start = end + 1;
    }
    return reader.lines;
}

} // namespace PatchPanel::Ui
