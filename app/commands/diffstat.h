#pragma once

#include <QByteArray>
#include <QJsonArray>

namespace PatchPanel::App {

enum class Ansi { Plain, Colored };

// A row for each change of a dry run: sign of its kind, path, added and removed lines, and a bar of both. All bars have
// one scale, and no row is wider than `width` columns, however long its path.
QByteArray diffStat(const QJsonArray &changes, int width, Ansi ansi);

// "+", "~", "−", "↦" or "±"
QString signOfKind(const QString &kind);

} // namespace PatchPanel::App
