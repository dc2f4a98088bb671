#pragma once

#include "ui/models/changesmodel.h"

namespace PatchPanel::Ui {

// The diffs of changed files as one patch.
struct PatchText {
    QByteArray text = {};
    int files = 0; // that are in it
    int binary = 0; // left out: the plan tells only that they differ
    int inexact = 0; // with bytes that are no UTF-8, which the plan does not have
};

// Pure; any thread.
PatchText patchText(const QList<ChangedFile> &files);

} // namespace PatchPanel::Ui
