#include "ui/views/textview.h"

#include "services/log/logchunk.h"
#include "ui/models/displaytext.h"

namespace PatchPanel::Ui {

void TextView::setLines(const std::shared_ptr<const TextLines> &lines)
{
    m_lines = lines;
    linesReplaced();
}

void TextView::extendLines(const std::shared_ptr<const TextLines> &lines)
{
    m_lines = lines;
    linesAdded();
}

QString TextView::lineText(qsizetype line) const
{
    return displayText(m_lines->line(line));
}

QString TextView::drawnText(qsizetype line) const
{
    return clippedDisplayText(m_lines->line(line));
}

void TextView::visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const
{
    for (qsizetype line = from; line < end; ++line) {
        const QByteArrayView bytes = m_lines->line(line);
        if (!(Log::isPlainText(bytes) ? visit(line, bytes) : visit(line, displayText(bytes).toUtf8()))) {
            return;
        }
    }
}

} // namespace PatchPanel::Ui
