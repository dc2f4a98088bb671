// applydiff FOLDER DIFF [STRIP]: applies the file DIFF to FOLDER as the library does, and prints what came of it as one
// line of JSON: {"result": "applied" | "noop" | an error's name, "message", "changes", "notes"}. Exit code 0 whenever
// there is such a line.

#include "services/patch/diffapplication.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTextStream>

using namespace PatchPanel;
using namespace PatchPanel::Patch;

namespace {

QJsonObject outcomeOf(const Result<Plan> &plan)
{
    if (!plan) {
        return {{QStringLiteral("result"), QLatin1String(traitsOf(plan.error().code).name)},
                {QStringLiteral("message"), plan.error().toString()}};
    }
    QJsonArray notes;
    for (const Change &change : plan->changes) {
        for (const QString &note : change.notes) {
            notes.append(QString(change.path + QStringLiteral(": ") + note));
        }
    }
    return {{QStringLiteral("result"), plan->changes.isEmpty() ? QStringLiteral("noop") : QStringLiteral("applied")},
            {QStringLiteral("changes"), plan->changes.size()},
            {QStringLiteral("notes"), notes}};
}

} // namespace

int main(int argc, char *argv[])
{
    QTextStream out(stdout);
    if (argc < 3) {
        out << "usage: applydiff FOLDER DIFF [STRIP]\n";
        return 64;
    }
    QFile file(QFile::decodeName(argv[2]));
    if (!file.open(QIODevice::ReadOnly)) {
        out << file.errorString() << '\n';
        return 66;
    }
    ReadOptions reading;
    if (argc > 3) {
        reading.strip = QByteArray(argv[3]).toInt();
    }
    const Result<Plan> plan = applyDiffTo(QFile::decodeName(argv[1]), file.readAll(), {}, Durability::Process, reading);
    out << QJsonDocument(outcomeOf(plan)).toJson(QJsonDocument::Compact) << '\n';
    return 0;
}
