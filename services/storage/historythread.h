#pragma once

#include "services/storage/historyfile.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace PatchPanel::Storage {

// The one thread that uses a HistoryFile. Work comes from any thread and is done in its order; writes that wait
// together go into one transaction, so that many runs share one wait for the disk.
class HistoryThread {
public:
    // May be called twice, when its transaction has to be repeated: what it finds it leaves in what it captured.
    using Work = std::function<Result<void>(const Database &)>;

    HistoryThread(const QString &folder, const HistoryFile::WorkspaceFilter &mayRead, const HistoryFile::Tell &tell);
    // Does first what still waits.
    ~HistoryThread();

    // These block until it is done; a write is on the disk then. They see every earlier write.
    Result<void> read(const Work &work) { return call({Job::Kind::Read, work}); }
    Result<void> write(const Work &work) { return call({Job::Kind::Write, work}); }
    Result<void> mend() { return call({Job::Kind::Mend}); } // see HistoryFile::mend()

    // A write that is done within a tenth of a second, and before any other work that comes later. One of the same name
    // that still waits is not done. Blocks only when very many wait.
    void post(const QString &name, const Work &work);
    // What a posted write met since the last question.
    std::optional<Error> takePostError();

private:
    struct Job {
        enum class Kind { Read, Write, Mend };
        Kind kind;
        Work work = {};
        QString name = {}; // of a posted one
        std::shared_ptr<std::promise<Result<void>>> done = {}; // of one that somebody waits for
    };
    using Batch = std::vector<Job>;

    Result<void> call(Job job);
    void loop();
    Batch takeBatch(); // m_mutex is held
    void carryOut(Batch &batch);
    Result<void> carryOutWrites(const Batch &batch);
    void finish(const Job &job, const Result<void> &result);

    std::optional<HistoryFile> m_file; // of the thread alone
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;
    std::chrono::steady_clock::time_point m_due; // of the oldest posted one
    bool m_isUrgent = false; // one of them is waited for
    bool m_isEnding = false;
    std::optional<Error> m_postError;
    std::thread m_thread; // last: it uses the others
};

} // namespace PatchPanel::Storage
