#include "ui/models/textlines.h"

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype longestLine = 256 * 1024; // bytes

bool continuesCharacter(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

} // namespace

QByteArrayView TextLines::line(qsizetype line) const
{
    const auto index = static_cast<std::size_t>(line);
    QByteArrayView bytes = QByteArrayView(text).sliced(starts[index], starts[index + 1] - starts[index]);
    if (bytes.endsWith('\n')) {
        bytes.chop(1);
    }
    return bytes;
}

std::shared_ptr<const TextLines> splitLines(const QByteArray &text)
{
    constexpr qsizetype usualLine = 24; // bytes
    auto lines = std::make_shared<TextLines>();
    lines->text = text;
    lines->starts.reserve(static_cast<std::size_t>(text.size() / usualLine));
    for (qsizetype start = 0; start < text.size();) {
        lines->starts.push_back(start);
        const qsizetype lineBreak = lines->text.indexOf('\n', start);
        qsizetype end = lineBreak < 0 ? text.size() : lineBreak + 1;
        if (end - start > longestLine) {
            end = start + longestLine;
            for (int i = 0; i < 3 && continuesCharacter(text[end]); ++i) {
                --end;
            }
        }
        start = end;
    }
    lines->starts.push_back(text.size());
    return lines;
}

} // namespace PatchPanel::Ui
