#pragma once

#include <QElapsedTimer>

#include <chrono>

namespace PatchPanel::Relay {

// How long a runner has not answered. It is given up once that is longer than its lease in the registry: by then it is
// gone.
class Silence {
public:
    explicit Silence(std::chrono::milliseconds lease)
        : m_lease(lease)
    {
    }

    void heard() { m_since.invalidate(); }
    // Notes that it did not answer; true when the lease is over.
    bool missed()
    {
        if (!m_since.isValid()) {
            m_since.start();
        }
        return std::chrono::milliseconds(m_since.elapsed()) >= m_lease;
    }

private:
    std::chrono::milliseconds m_lease;
    QElapsedTimer m_since;
};

} // namespace PatchPanel::Relay
