#pragma once

#include <QByteArray>

#include <memory>
#include <vector>

namespace PatchPanel::Ui {

// A text and where its lines begin. A value; nothing may change the text.
struct TextLines {
    QByteArray text = {};
    std::vector<qsizetype> starts = {}; // of the lines, and the text's end; empty for no text

    qsizetype count() const { return starts.empty() ? 0 : static_cast<qsizetype>(starts.size()) - 1; }
    // Without its line break. Precondition: 0 <= line < count().
    QByteArrayView line(qsizetype line) const;
};

// Splits at line breaks, and, between two characters, lines of more than 256 KiB: each of them stays quick to show.
// Pure; any thread.
std::shared_ptr<const TextLines> splitLines(const QByteArray &text);

} // namespace PatchPanel::Ui
