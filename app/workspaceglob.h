#pragma once

#include "services/common/result.h"

#include <QStringList>

namespace PatchPanel::App {

// The folders that the patterns match, as glob(3) reads them (with ~ and {a,b}; relative to the current folder): each
// once, by its canonical path, in natural order ("repo-2" before "repo-10"). Usage when a pattern matches no folder, or
// one of the folders lies below another. Blocking.
Result<QStringList> workspacesMatching(const QStringList &patterns);

// A short name for each of the workspaces, which are canonical paths: what follows the deepest folder that holds all.
QStringList workspaceNames(const QStringList &workspaces);

// Whether `left` comes first where digits count as numbers; a total order.
bool isNaturallyLess(QStringView left, QStringView right);

} // namespace PatchPanel::App
