#pragma once

#include "services/common/complaintpause.h"
#include "services/log/logwriter.h"
#include "services/storage/queue.h"

#include <QObject>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace PatchPanel::Runner {

// What blocks when a runner works for a queue, on two threads of its own: one waits for jobs, the other settles them,
// says that they are worked on and takes those of workers that are gone. A queue that cannot be reached is tried again
// for ever, and logged once a minute; what has to be settled waits. Lives on the service's thread, where its signals
// come.
class QueueLink : public QObject {
    Q_OBJECT
public:
    QueueLink(const Storage::QueueSettings &settings, const Log::Writer &log, QObject *parent = nullptr);
    // Tries once more to settle what is left.
    ~QueueLink() override;

    void start();
    // How many jobs more the runner could begin now; those that are on their way here are counted by the link.
    void setFree(int count);
    // Each job that came with taken() is settled once.
    void settle(const Storage::Settlement &settlement);
    // Takes no more; settled() comes when everything that was taken is settled.
    void drain();

Q_SIGNALS:
    void taken(const PatchPanel::Storage::Delivery &delivery);
    // The delivery is another worker's by now: it was silent for too long.
    void lost(const QByteArray &receipt);
    void settled();

private:
    using Lock = std::unique_lock<std::mutex>;

    void waitForJobs();
    void settleJobs();
    void upkeep(Storage::Queue &queue);
    void turn(Storage::Queue &queue);
    std::unique_ptr<Storage::Queue> open();
    int reserve(const Lock &);
    void release(int reserved, const QList<Storage::Delivery> &taken);
    void tell(const QList<Storage::Delivery> &deliveries);
    void tellLost(const QList<QByteArray> &receipts);
    void reached();
    void outage(const Error &error);
    bool isOver(const Lock &) const;

    const Storage::QueueSettings m_settings;
    Log::Writer m_log;
    std::mutex m_mutex; // guards what follows
    std::condition_variable m_changed;
    int m_free = 0; // of the runner, as it last said
    int m_onTheWay = 0; // taken, but not known to the runner yet
    int m_reserved = 0; // asked for just now
    QList<Storage::Settlement> m_settlements;
    QList<QByteArray> m_held; // receipts
    bool m_draining = false;
    bool m_ending = false;
    ComplaintPause m_complaint;
    std::thread m_waiting;
    std::thread m_settling;
};

} // namespace PatchPanel::Runner
