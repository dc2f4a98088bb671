#include "services/log/logline.h"

#include "services/common/clock.h"

#include <array>

namespace PatchPanel::Log {

namespace {

constexpr std::array levelNames{"debug", "info", "warning", "error"};

} // namespace

QString toString(Level level)
{
    return QString::fromLatin1(levelNames[static_cast<std::size_t>(level)]);
}

std::optional<Level> levelFromString(const QString &name)
{
    for (std::size_t i = 0; i < levelNames.size(); ++i) {
        if (name == QLatin1String(levelNames[i])) {
            return static_cast<Level>(i);
        }
    }
    return std::nullopt;
}

QByteArray Line::toText() const
{
    return tag.isEmpty() ? text : '[' + tag + "] " + text;
}

QJsonObject Line::toJson() const
{
    QJsonObject object{{QStringLiteral("time"), timeMs},
                       {QStringLiteral("level"), toString(level)},
                       {QStringLiteral("service"), QString::fromUtf8(service)},
                       {QStringLiteral("text"), QString::fromUtf8(text)}};
    if (!runId.isEmpty()) {
        object[QStringLiteral("run")] = QString::fromUtf8(runId);
    }
    if (!tag.isEmpty()) {
        object[QStringLiteral("tag")] = QString::fromUtf8(tag);
    }
    if (phase) {
        object[QStringLiteral("phase")] = PatchPanel::toString(*phase);
    }
    return object;
}

Line Line::fromJson(const QJsonObject &object)
{
    return Line{object[QStringLiteral("time")].toInteger(),
                levelFromString(object[QStringLiteral("level")].toString()).value_or(Level::Info),
                object[QStringLiteral("service")].toString().toUtf8(),
                object[QStringLiteral("run")].toString().toUtf8(),
                object[QStringLiteral("tag")].toString().toUtf8(),
                object[QStringLiteral("text")].toString().toUtf8(),
                phaseFromString(object[QStringLiteral("phase")].toString())};
}

Line droppedLine(qsizetype count, const QByteArray &runId)
{
    return Line{.timeMs = wallClockMs(),
                .level = Level::Warning,
                .service = "patchpanel",
                .runId = runId,
                .tag = "LOG",
                .text = count == 1 ? QByteArrayLiteral("1 line is no longer kept")
                                   : QByteArray::number(count) + " lines are no longer kept"};
}

} // namespace PatchPanel::Log
