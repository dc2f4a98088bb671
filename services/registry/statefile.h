#pragma once

#include "services/log/logwriter.h"
#include "services/registry/registrystate.h"

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <functional>
#include <optional>

namespace PatchPanel::Registry {

// The file that a registry's state outlives its process in. Changes of a second are written together, on a
// thread of its own, and what is left when it is destroyed. A file that cannot be written is told once and tried again
// with the next change. Lives on the registry's thread; owned by RegistryService.
class StateFile : public QObject {
    Q_OBJECT
public:
    using Snapshot = std::function<RegistryState()>;

    // `snapshot` is asked for what to write, until this is destroyed.
    StateFile(QString path, Snapshot snapshot, Log::Writer log, QObject *parent = nullptr);
    ~StateFile() override;

    // What was written last; absent when there is none. A file that cannot be used is set aside, with a warning that
    // says why. Blocking, for one short read.
    std::optional<RegistryState> load() const;
    // Keeps a file that load() gave away for want of sense, as it does with one that it cannot read itself.
    void setAside(const Error &problem) const;
    // The state changed.
    void noteChange();

private:
    void write();

    QString m_path;
    Snapshot m_snapshot;
    Log::Writer m_log;
    QTimer m_delay;
    bool m_failed = false; // on the writer's thread
    QThreadPool m_writer;
};

} // namespace PatchPanel::Registry
