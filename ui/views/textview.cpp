#include "ui/views/textview.h"

#include "ui/models/displaytext.h"

namespace PatchPanel::Ui {

void TextView::setText(const QByteArray &text)
{
    m_text = text;
    m_starts.clear();
    for (qsizetype start = 0; start < m_text.size();) {
        m_starts.append(start);
        const qsizetype end = m_text.indexOf('\n', start);
        start = end < 0 ? m_text.size() : end + 1;
    }
    linesReplaced();
}

QString TextView::lineText(qsizetype line) const
{
    const qsizetype start = m_starts[line];
    const qsizetype next = line + 1 < m_starts.size() ? m_starts[line + 1] : m_text.size();
    QByteArrayView bytes = QByteArrayView(m_text).sliced(start, next - start);
    if (bytes.endsWith('\n')) {
        bytes.chop(1);
    }
    return displayText(bytes);
}

} // namespace PatchPanel::Ui
