#include "app/commands/planreport.h"

#include "app/commands/shownsafely.h"

#include <QJsonArray>
#include <QStringList>

#include <algorithm>
#include <array>

namespace PatchPanel::App {

namespace {

constexpr std::array kinds{"create", "modify", "delete", "move", "chmod"};

QByteArray summaryLine(const QJsonArray &changes)
{
    int added = 0;
    int removed = 0;
    for (const QJsonValue &change : changes) {
        added += change[QStringLiteral("added")].toInt();
        removed += change[QStringLiteral("removed")].toInt();
    }
    QStringList parts;
    for (const char *kind : kinds) {
        const auto isOfKind = [kind](const QJsonValue &change) {
            return change[QStringLiteral("kind")].toString() == QLatin1String(kind);
        };
        if (const auto count = std::count_if(changes.begin(), changes.end(), isOfKind); count > 0) {
            parts
                << QStringLiteral("%1 %2 %3").arg(signOfKind(QLatin1String(kind))).arg(count).arg(QLatin1String(kind));
        }
    }
    return QStringLiteral("%1 %2  +%3 −%4   %5\n")
        .arg(changes.size())
        .arg(changes.size() == 1 ? QStringLiteral("file") : QStringLiteral("files"))
        .arg(added)
        .arg(removed)
        .arg(parts.join(QStringLiteral("  ")))
        .toUtf8();
}

QByteArray coloredDiff(const QByteArray &diff)
{
    QByteArray text;
    for (const QByteArray &line : diff.split('\n')) {
        const char *color = line.startsWith("@@") ? "\033[36m"
            : line.startsWith('+')                ? "\033[32m"
            : line.startsWith('-')                ? "\033[31m"
                                                  : nullptr;
        text += color == nullptr ? line + '\n' : color + line + "\033[0m\n";
    }
    text.chop(1);
    return text;
}

QByteArray body(const QJsonArray &changes, const PlanReportStyle &style)
{
    if (style.body == PlanReportStyle::Body::Stat) {
        return diffStat(changes, style.width, style.ansi);
    }
    QByteArray text;
    for (const QJsonValue &change : changes) {
        QByteArray diff = change[QStringLiteral("diff")].toString().toUtf8();
        diff = style.toTerminal ? shownSafely(diff) : diff;
        text += style.ansi == Ansi::Colored ? coloredDiff(diff) : diff;
    }
    return text;
}

QByteArray gateLines(const QJsonArray &gates)
{
    QByteArray text;
    for (const QJsonValue &gate : gates) {
        QString command = gate[QStringLiteral("command")].toString();
        command.replace(u'\n', QStringLiteral("\n    "));
        text += QStringLiteral("would run %1: %2\n").arg(gate[QStringLiteral("phase")].toString(), command).toUtf8();
    }
    return shownSafely(text);
}

QByteArray headline(const QJsonObject &result)
{
    const QJsonArray changes = result[QStringLiteral("changes")].toArray();
    if (!changes.isEmpty()) {
        return summaryLine(changes);
    }
    return result[QStringLiteral("alreadyApplied")].toArray().isEmpty() ? "changes no file\n"
                                                                        : "already applied: nothing to do\n";
}

} // namespace

QByteArray planReport(const QJsonObject &result, const PlanReportStyle &style)
{
    QByteArray text;
    for (const QJsonValue &warning : result[QStringLiteral("warnings")].toArray()) {
        text += shownSafely("warning: " + warning.toString().toUtf8()) + '\n';
    }
    const QJsonArray changes = result[QStringLiteral("changes")].toArray();
    text += headline(result) + body(changes, style) + gateLines(result[QStringLiteral("gates")].toArray());
    if (const QString id = result[QStringLiteral("planId")].toString(); !id.isEmpty() && !changes.isEmpty()) {
        text += "plan " + id.toUtf8() + '\n';
    }
    return text;
}

} // namespace PatchPanel::App
