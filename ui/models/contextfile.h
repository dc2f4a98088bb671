#pragma once

#include "services/common/result.h"
#include "ui/models/difflines.h"

#include <memory>

namespace PatchPanel::Ui {

// The lines of a changed file around its hunks.
struct ContextFile {
    QByteArray text = {};
    std::vector<qsizetype> starts = {}; // of the lines, and the text's end
    bool isNew = false; // it has the change already: its lines have the numbers of the new file

    int lineCount() const { return static_cast<int>(starts.size()) - 1; }
    // Without its line break; `number` counts from 1. Precondition: 1 <= number <= lineCount().
    QByteArrayView line(int number) const;
};

// Reads the file at `path` and makes sure that it is the one that the diff is about: every line that the hunks hold of
// it stands in its place, before the change or after it. Blocking; any thread. NotFound when no file is there, Stale
// when it does not fit, Io when it cannot be read or is larger than 256 MiB.
Result<std::shared_ptr<const ContextFile>> readContextFile(const QString &path, const Diff &diff);

} // namespace PatchPanel::Ui
