#include "app/commands/planreport.h"

#include <QJsonArray>
#include <QStringList>

#include <array>

namespace PatchPanel::App {

namespace {

struct KindWord {
    const char *kind;
    const char *symbol;
};

constexpr std::array kindWords{
    KindWord{"create", "+"}, KindWord{"modify", "~"}, KindWord{"delete", "−"},
    KindWord{"move", "↦"},   KindWord{"chmod", "±"},
};

QByteArray summaryLine(const QJsonArray &changes)
{
    int added = 0;
    int removed = 0;
    std::array<int, kindWords.size()> counts = {};
    for (const QJsonValue &change : changes) {
        added += change[QStringLiteral("added")].toInt();
        removed += change[QStringLiteral("removed")].toInt();
        for (std::size_t i = 0; i < kindWords.size(); ++i) {
            counts[i] += change[QStringLiteral("kind")].toString() == QLatin1String(kindWords[i].kind) ? 1 : 0;
        }
    }
    QStringList parts;
    for (std::size_t i = 0; i < kindWords.size(); ++i) {
        if (counts[i] > 0) {
            parts << QStringLiteral("%1 %2 %3")
                         .arg(QString::fromUtf8(kindWords[i].symbol))
                         .arg(counts[i])
                         .arg(QLatin1String(kindWords[i].kind));
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

QByteArray gateLines(const QJsonArray &gates)
{
    QByteArray text;
    for (const QJsonValue &gate : gates) {
        text += QStringLiteral("would run %1: %2\n")
                    .arg(gate[QStringLiteral("phase")].toString(), gate[QStringLiteral("command")].toString())
                    .toUtf8();
    }
    return text;
}

} // namespace

QByteArray planReport(const QJsonObject &result, bool colored)
{
    QByteArray text;
    for (const QJsonValue &warning : result[QStringLiteral("warnings")].toArray()) {
        text += "warning: " + warning.toString().toUtf8() + '\n';
    }
    if (const QJsonObject error = result[QStringLiteral("error")].toObject(); !error.isEmpty()) {
        return text + problemReport(Error::fromJson(error));
    }
    const QJsonArray changes = result[QStringLiteral("changes")].toArray();
    if (changes.isEmpty()) {
        text += result[QStringLiteral("alreadyApplied")].toArray().isEmpty() ? "changes no file\n"
                                                                             : "already applied: nothing to do\n";
    } else {
        text += summaryLine(changes);
    }
    for (const QJsonValue &change : changes) {
        const QByteArray diff = change[QStringLiteral("diff")].toString().toUtf8();
        text += colored ? coloredDiff(diff) : diff;
    }
    text += gateLines(result[QStringLiteral("gates")].toArray());
    if (const QString id = result[QStringLiteral("planId")].toString(); !id.isEmpty() && !changes.isEmpty()) {
        text += "plan " + id.toUtf8() + '\n';
    }
    return text;
}

QByteArray problemReport(const Error &error)
{
    QByteArray text = error.toString().toUtf8() + '\n';
    for (const QJsonValue &problem : error.details[QStringLiteral("problems")].toArray()) {
        text += "  " + problem[QStringLiteral("where")].toString().toUtf8() + ": "
            + problem[QStringLiteral("message")].toString().toUtf8() + '\n';
    }
    return text;
}

} // namespace PatchPanel::App
