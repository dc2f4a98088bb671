#include "ui/models/patchtext.h"

namespace PatchPanel::Ui {

PatchText patchText(const QList<ChangedFile> &files)
{
    PatchText patch;
    for (const ChangedFile &file : files) {
        if (file.binary) {
            ++patch.binary;
            continue;
        }
        const QString diff = file.diff().toString();
        ++patch.files;
        patch.inexact += diff.contains(QChar::ReplacementCharacter) ? 1 : 0;
        patch.text += diff.toUtf8();
        if (!patch.text.isEmpty() && !patch.text.endsWith('\n')) {
            patch.text += '\n';
        }
    }
    return patch;
}

} // namespace PatchPanel::Ui
