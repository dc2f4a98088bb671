#pragma once

#include "services/registry/sharedparts.h"
#include "services/storage/sharedservices.h"

#include <QHash>
#include <QSet>

namespace PatchPanel::Registry {

// What a registry and the others know of each service, when it happened by this registry's clock, and what the others
// were not told yet. It merges what they tell: a change that was made here and not told stays until the store has said
// which is newer. A value without a thread.
class SharedLedger {
public:
    using Time = Check::Time;

    // A heartbeat that was heard elsewhere.
    struct Beat {
        QString id = {};
        QString checkId = {};
    };
    // What others changed.
    struct News {
        QList<QString> services = {}; // learn() tells how they are now
        QList<Beat> beats = {};
    };

    explicit SharedLedger(QByteArray token);

    // A service as a client of this registry left it: with all its parts, or none when it was removed.
    void note(const QString &id, const SharedParts &parts, Time now);
    void noteBeat(const QString &id, const QString &checkId, Time now);
    // It was removed because nobody heard of it.
    void noteSilence(const QString &id, Time now);
    // What was known before a restart is older than anything else, and its leases begin now.
    void noteRestored(const QString &id, const SharedParts &parts, Time now);

    // Empty when there is no such part.
    QByteArray value(const QString &id, const QByteArray &part) const;
    // Absent when the service is gone, or others said of it what makes no sense.
    std::optional<LearnedService> learned(const QString &id) const;
    std::optional<HeardCheck> heard(const QString &id, const QString &checkId) const;
    qsizetype size() const { return m_services.size(); }

    // Whether there is more to tell than heartbeats.
    bool hasUntoldChanges() const { return !m_changed.isEmpty(); }
    bool hasUntold() const { return !m_changed.isEmpty() || !m_beaten.isEmpty(); }
    // What is to be told next, as much as goes into one turn. Then comes either of the next two.
    QList<Storage::SharedWrite> writes(Time now);
    News settle(const Storage::SharedTurn &turn, Time now);
    void turnFailed() { m_told.clear(); }

private:
    struct Part {
        QByteArray value = {};
        Time at = {};
        std::optional<Time> beat = {};
        bool isDropped = false;
        quint64 untold = 0; // number of the change; 0: it is told
        quint64 untoldBeat = 0;
    };
    struct Service {
        QMap<QByteArray, Part> parts = {};
        Time goneAt = {};
        bool isSilent = false; // why it is gone
        quint64 untoldGone = 0;
    };
    struct Told {
        QByteArray id = {};
        QByteArray part = {}; // empty: the removal
        quint64 change = 0;
    };

    void change(const QByteArray &id, Part &part, Time at);
    void remove(const QByteArray &id, Time at, bool isSilent);
    QList<Storage::SharedWrite> writesOf(const QByteArray &id, Time now, QList<Told> &told) const;
    void tellAllAnew(const QByteArray &id);
    void take(const QList<Storage::SharedEntry> &entries, Time now, QSet<QByteArray> &changed);
    bool takeAlive(const Storage::SharedEntry &entry, Time now);
    bool takeGone(const QByteArray &id);
    bool takePart(Service &service, const QByteArray &id, const Storage::SharedPart &told, Time now) const;
    std::optional<Beat> takeBeat(const Storage::SharedBeat &beat, Time now);
    void markTold();
    void noteWhatIsUntold(const QByteArray &id);

    const QByteArray m_token;
    QHash<QByteArray, Service> m_services;
    QSet<QByteArray> m_changed; // ids with changes that are not told
    QSet<QByteArray> m_beaten; // ids with heartbeats that are not told
    QList<Told> m_told; // by the turn that is on its way
    quint64 m_lastChange = 0;
};

} // namespace PatchPanel::Registry
