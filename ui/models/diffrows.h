#pragma once

#include "ui/models/contextfile.h"

#include <QMap>

#include <deque>

namespace PatchPanel::Ui {

// How a diff is laid out.
struct DiffOptions {
    bool sideBySide = false;
    bool hideWhitespace = false; // lines that differ in white space only become context
    bool expandable = false; // the file can be read: a header stands where it may go on behind the last hunk

    bool operator==(const DiffOptions &) const = default;
};

// How many of the lines between the hunks are shown.
struct DiffExpansion {
    bool all = false;
    // By the hunk behind the gap (or the number of hunks, for the end of the file): lines at either end of the gap.
    QMap<int, int> lines = {};

    bool isEmpty() const { return !all && lines.isEmpty(); }
};

// One row of the view: indexes of DiffRows::lines. Both are the same for context, headers and notes; -1: nothing stands
// on that side.
struct DiffRow {
    int before = -1;
    int after = -1;
    int hunk = -1; // index of Diff::hunks; their number for the header that stands at the end
};

// A diff laid out in rows. A value; the views are of what it holds.
struct DiffRows {
    std::shared_ptr<const Diff> diff = {};
    std::shared_ptr<const ContextFile> file = {};
    std::deque<QByteArray> headers = {}; // made ones
    std::vector<DiffLine> lines = {};
    std::vector<DiffRow> rows = {};
    std::vector<int> changes = {}; // the first row of each change
    bool sideBySide = false;
    int hiddenHunks = 0; // left out, as they change white space only
    int hiddenLines = 0; // that differ in white space only
    int largestNumber = 0; // of a line

    const DiffLine &line(int index) const { return lines[static_cast<std::size_t>(index)]; }
    // The line that stands for a row: that of the new file, where there is one.
    const DiffLine &lineOf(const DiffRow &row) const { return line(row.after >= 0 ? row.after : row.before); }
};

// Lays a diff out. Without a file, and beyond what the expansion says, only what the diff holds is shown. Pure; any
// thread.
std::shared_ptr<const DiffRows> layOutDiff(const std::shared_ptr<const Diff> &diff, DiffOptions options,
                                           const DiffExpansion &expansion = {},
                                           const std::shared_ptr<const ContextFile> &file = {});

} // namespace PatchPanel::Ui
