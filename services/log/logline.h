#pragma once

#include "services/common/step.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMetaType>
#include <QString>

#include <optional>

namespace PatchPanel::Log {

enum class Level { Debug, Info, Warning, Error };

QString toString(Level level); // "debug", "info", "warning", "error"
std::optional<Level> levelFromString(const QString &name);

// One line of the log. `text` is bytes as a command printed them (no line break), mostly UTF-8.
struct Line {
    qint64 timeMs = 0; // since the epoch, UTC
    Level level = Level::Info;
    QByteArray service = {}; // "registry", "runner-1", "relay"; whose line it is
    QByteArray runId = {}; // empty: of no run
    QByteArray tag = {}; // "CACHE"; empty: the text stands alone
    QByteArray text = {};
    std::optional<Phase> phase = {}; // the step that printed it

    QByteArray toText() const; // "[TAG] text"
    QJsonObject toJson() const; // invalid UTF-8 becomes U+FFFD
    static Line fromJson(const QJsonObject &object);
};

// Stands in the place of `count` lines that are no longer kept.
Line droppedLine(qsizetype count, const QByteArray &runId = {});

} // namespace PatchPanel::Log

Q_DECLARE_METATYPE(PatchPanel::Log::Line)
