#pragma once

#include <QObject>

#include <memory>

class QSocketNotifier;

namespace PatchPanel::App {

// SIGINT and SIGTERM as a Qt signal on the thread that made it. One per process.
class UnixSignals : public QObject {
    Q_OBJECT
public:
    explicit UnixSignals(QObject *parent = nullptr);
    ~UnixSignals() override;

Q_SIGNALS:
    void received(int signal);

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace PatchPanel::App
