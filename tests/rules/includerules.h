#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace PatchPanel::Rules {

// One #include as it stands in a file of the tree.
struct Include {
    QString file; // that has it, relative to the repository's root
    int line = 0; // 1-based
    QString target; // what stands between the quotes or angle brackets
    bool quoted = false;
};

// The Qt module a header belongs to ("QtCore"), found in Qt's own header folder; "Qt?" for a Qt header that is not
// installed, nothing for what is not Qt's.
std::optional<QString> qtModuleOf(const QString &target);

// Every #include of a source text, those in comments and raw strings left out.
QList<Include> includesOf(const QString &file, const QString &text);

// Why the layering does not allow this include; nothing when it does. The table of what each folder may use is in
// the source file.
std::optional<QString> violation(const Include &include);

} // namespace PatchPanel::Rules
