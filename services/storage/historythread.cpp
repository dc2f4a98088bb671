#include "services/storage/historythread.h"

#include <algorithm>
#include <iterator>

namespace PatchPanel::Storage {

namespace {

constexpr std::chrono::milliseconds longestDelay{100};
constexpr std::size_t enough = 256; // posted ones that are not left to wait for more
constexpr std::size_t tooMany = 4096;

} // namespace

HistoryThread::HistoryThread(const QString &folder, const HistoryFile::WorkspaceFilter &mayRead,
                             const HistoryFile::Tell &tell)
    : m_file(std::in_place, folder, mayRead, tell)
    , m_thread([this] { loop(); })
{
}

HistoryThread::~HistoryThread()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

Result<void> HistoryThread::call(Job job)
{
    job.done = std::make_shared<std::promise<Result<void>>>();
    std::future<Result<void>> done = job.done->get_future();
    {
        const std::scoped_lock lock(m_mutex);
        m_jobs.push_back(std::move(job));
        m_isUrgent = true;
    }
    m_changed.notify_all();
    return done.get();
}

void HistoryThread::post(const QString &name, const Work &work)
{
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_jobs.size() < tooMany; });
        const auto earlier =
            std::find_if(m_jobs.rbegin(), m_jobs.rend(), [&name](const Job &job) { return job.name == name; });
        if (earlier != m_jobs.rend()) {
            m_jobs.erase(std::next(earlier).base());
        }
        if (m_jobs.empty()) {
            m_due = std::chrono::steady_clock::now() + longestDelay;
        }
        m_jobs.push_back({Job::Kind::Write, work, name});
        if (m_jobs.size() != 1 && m_jobs.size() < enough) {
            return; // the thread knows when to begin
        }
    }
    m_changed.notify_all();
}

std::optional<Error> HistoryThread::takePostError()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_postError, std::nullopt);
}

void HistoryThread::loop()
{
    for (;;) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_jobs.empty() || m_isEnding; });
        m_changed.wait_until(lock, m_due, [this] { return m_isUrgent || m_isEnding || m_jobs.size() >= enough; });
        if (m_jobs.empty()) {
            if (m_isEnding) {
                m_file.reset(); // where it was used
                return;
            }
            continue;
        }
        Batch batch = takeBatch();
        lock.unlock();
        m_changed.notify_all();
        carryOut(batch);
    }
}

// The writes in front, or one of the others.
HistoryThread::Batch HistoryThread::takeBatch()
{
    const auto isWrite = [](const Job &job) {
        return job.kind == Job::Kind::Write;
    };
    auto end = std::find_if_not(m_jobs.begin(), m_jobs.end(), isWrite);
    if (end == m_jobs.begin()) {
        ++end;
    }
    Batch batch(std::make_move_iterator(m_jobs.begin()), std::make_move_iterator(end));
    m_jobs.erase(m_jobs.begin(), end);
    m_isUrgent = std::any_of(m_jobs.begin(), m_jobs.end(), [](const Job &job) { return bool(job.done); });
    m_due = std::chrono::steady_clock::now() + longestDelay;
    return batch;
}

void HistoryThread::carryOut(Batch &batch)
{
    const Job &first = batch.front();
    if (first.kind != Job::Kind::Write) {
        finish(first, first.kind == Job::Kind::Mend ? m_file->mend() : m_file->with(first.work));
        return;
    }
    const Result<void> written = carryOutWrites(batch);
    if (written || batch.size() == 1) {
        for (const Job &job : batch) {
            finish(job, written);
        }
        return;
    }
    for (Job &job : batch) { // one of them fails: not the others for its sake
        finish(job, carryOutWrites({job}));
    }
}

Result<void> HistoryThread::carryOutWrites(const Batch &batch)
{
    return m_file->with([&batch](const Database &database) {
        return database.inTransaction([&] {
            Result<void> written;
            for (const Job &job : batch) {
                written = written ? job.work(database) : written;
            }
            return written;
        });
    });
}

void HistoryThread::finish(const Job &job, const Result<void> &result)
{
    if (job.done) {
        job.done->set_value(result);
    } else if (!result) {
        const std::scoped_lock lock(m_mutex);
        m_postError = result.error();
    }
}

} // namespace PatchPanel::Storage
