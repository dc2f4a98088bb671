#pragma once

#include "app/servicehost.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

namespace PatchPanel::Storage {
class Cache;
}

namespace PatchPanel::App {

// Asks the Redis server every few seconds whether it is there. Main thread; the asking blocks a thread of its own.
class RedisProbe : public QObject {
    Q_OBJECT
public:
    // Empty: none is used, and nothing is asked.
    explicit RedisProbe(const QString &url, QObject *parent = nullptr);
    // From now on that one.
    void setUrl(const QString &url);
    ~RedisProbe() override; // waits for the last answer, at most the time-out of a command

    const RedisState &state() const { return m_state; }

Q_SIGNALS:
    void changed(const PatchPanel::App::RedisState &state);

private:
    void ask();
    void setState(const RedisState &state);

    RedisState m_state;
    std::shared_ptr<Storage::Cache> m_cache; // used by m_thread only
    QTimer m_timer;
    QThreadPool m_thread;
    bool m_isAsking = false;
};

} // namespace PatchPanel::App

Q_DECLARE_METATYPE(PatchPanel::App::RedisState)
