#pragma once

#include "services/common/result.h"
#include "ui/models/logrows.h"

#include <QObject>

#include <atomic>
#include <memory>

class QThread;

namespace PatchPanel::Ui {

// Which lines of the log are written to a file, and how.
struct LogExport {
    LogFilter filter = {};
    qsizetype begin = 0; // indexes of the store
    qsizetype end = 0;
    bool withTimes = true; // "2026-11-23T14:35:58.123Z runner-1 INFO text" instead of the text alone
};

// Writes the lines, without colours, and replaces the file at the end. Blocking; any thread. Returns how many lines
// were written; Io with what stands in the way, Cancelled when `isCancelled` became true.
Result<qsizetype> writeLog(const Log::Store &store, const LogExport &lines, const QString &path,
                           const std::atomic<bool> &isCancelled);

// Writes the log to a file while the window goes on. GUI thread; the store must outlive it.
class LogSaver : public QObject {
    Q_OBJECT
public:
    explicit LogSaver(const Log::Store &store, QObject *parent = nullptr);
    // Gives up what is being saved.
    ~LogSaver() override;

    bool isSaving() const { return m_thread != nullptr; }
    // Precondition: !isSaving().
    void save(const LogExport &lines, const QString &path);

Q_SIGNALS:
    void saved(const QString &path, qsizetype lines);
    void saveFailed(const PatchPanel::Error &error);

private:
    void finish(const QString &path, const Result<qsizetype> &written);

    const Log::Store &m_store;
    std::unique_ptr<QThread> m_thread;
    std::atomic<bool> m_isCancelled = false;
};

} // namespace PatchPanel::Ui
