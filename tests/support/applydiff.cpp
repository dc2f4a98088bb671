// applydiff FOLDER DIFF [STRIP]: applies the file DIFF to FOLDER as the library does, and prints what came of it as one
// line of JSON: {"result": "applied" | "noop" | an error's name, "message", "changes", "notes"}. Exit code 0 whenever
// there is such a line.

#include "services/common/ids.h"
#include "services/patch/planner.h"
#include "services/patch/taskreader.h"
#include "services/patch/transaction.h"

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

// applyDiffTo() for a diff whose names lose `strip` leading parts.
Result<Plan> applied(const QString &folder, const QByteArray &diff, std::optional<int> strip)
{
    const Result<WorkspaceRoot> root = WorkspaceRoot::open(folder);
    if (!root) {
        return root.error();
    }
    ReadOptions reading;
    reading.strip = strip;
    const Result<Task> task = readTask(diff, QStringLiteral("diff"), root->path(), reading);
    if (!task) {
        return task.error();
    }
    Result<Plan> plan = makePlan(*task, root->path());
    if (!plan || plan->changes.isEmpty()) {
        return plan;
    }
    Result<Transaction> transaction = Transaction::prepare(*root, *plan, newRunId(), Durability::Process);
    if (!transaction) {
        return transaction.error();
    }
    const Result<void> switched = transaction->apply([](const TxAction &) {});
    if (!switched) {
        transaction->rollback();
        return switched.error();
    }
    const Result<QList<QString>> committed = transaction->commit();
    const Result<void> closed = transaction->close();
    return !committed ? committed.error() : !closed ? closed.error() : plan;
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
    const std::optional<int> strip = argc > 3 ? std::optional(QByteArray(argv[3]).toInt()) : std::nullopt;
    const Result<Plan> plan = applied(QFile::decodeName(argv[1]), file.readAll(), strip);
    out << QJsonDocument(outcomeOf(plan)).toJson(QJsonDocument::Compact) << '\n';
    return 0;
}
