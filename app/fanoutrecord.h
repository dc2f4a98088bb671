#pragma once

#include "app/fanoutrun.h"
#include "services/common/result.h"
#include "services/storage/filedescriptor.h"

#include <QStringList>

#include <utility>

namespace PatchPanel::App {

// What a fan-out was asked for. A value; its record begins with it.
struct FanOutPlan {
    QString id = {}; // its time, then hexadecimal digits: newer ones come later in the alphabet
    QString task = {}; // canonical path of the task file
    QByteArray taskSha256 = {};
    QByteArray requestSha256 = {}; // of the request, but for its workspace: task, files beside it and options
    QJsonObject options = {}; // of the request: its JSON without task and workspace
    QStringList patterns = {}; // absolute
    QStringList workspaces = {}; // canonical
    int atOnce = 1;
    qint64 startedMs = 0; // since the epoch

    // The Idempotency-Key of the run in one of the workspaces.
    QByteArray keyOf(qsizetype workspace, int attempt) const;
};

// A fan-out as its record tells it.
struct FanOutState {
    FanOutPlan plan = {};
    QList<FanOutRun> runs = {}; // one for each of the workspaces
    int damagedLines = 0; // that were left out
    qsizetype size = 0; // of its whole lines, in bytes

    // Every run is settled: there is nothing to go on with.
    bool isComplete() const;
};

// Reads what FanOutRecord wrote. A damaged line, and what is torn at the end, is left out: by their keys the runners
// tell what became of those runs. InvalidTask when the first line is damaged, or another program or version wrote it.
Result<FanOutState> readFanOut(QByteArrayView bytes);

// A fan-out on the disk, one file: JSON Lines, the plan and then what becomes of each workspace. Locked while it lives.
// Every call blocks until what it wrote is on the disk. Any thread, one at a time.
class FanOutRecord {
public:
    // A new file in the folder, readable by its user alone; the oldest of more than `keptRecords` files go. Io.
    static Result<FanOutRecord> create(const QString &folder, const FanOutPlan &plan);
    // To go on with; what is torn at its end is cut off. Busy while another process writes it, and as loadFanOut().
    static Result<std::pair<FanOutRecord, FanOutState>> resume(const QString &path);

    FanOutRecord(FanOutRecord &&) = default;
    FanOutRecord &operator=(FanOutRecord &&) = delete;
    ~FanOutRecord();

    // Before it is sent there.
    Result<void> sending(qsizetype workspace, const FanOutRun &run);
    Result<void> accepted(qsizetype workspace, const QString &runId, const QString &runner);
    Result<void> finished(qsizetype workspace, const FanOutRun &run);

    static constexpr qsizetype keptRecords = 100;

private:
    explicit FanOutRecord(Storage::FileDescriptor file)
        : m_file(std::move(file))
    {
    }
    Result<void> append(const QJsonObject &line);

    Storage::FileDescriptor m_file;
};

// The files of records in the folder, the newest first.
QStringList fanOutRecords(const QString &folder);
// Reads one: blocking. Also Io.
Result<FanOutState> loadFanOut(const QString &path);

} // namespace PatchPanel::App
