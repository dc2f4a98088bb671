#pragma once

#include <QString>

#include <optional>

namespace PatchPanel::Ui {

// Names a line of this session's log: "patchpanel-log:1204?run=1f3a…". Go to Line takes it, as it takes a number.
struct LogLink {
    qsizetype index = 0; // of the store; the text counts from 1
    QString runId = {}; // empty: of no run, or not told

    QString toText() const;
    // Nothing for what is neither a link nor a number of a line.
    static std::optional<LogLink> fromText(const QString &text);
};

} // namespace PatchPanel::Ui
