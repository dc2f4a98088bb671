#pragma once

#include <chrono>
#include <optional>

namespace PatchPanel {

// Lets what goes on being wrong be told once a minute. Any one thread at a time.
class ComplaintPause {
public:
    using Time = std::chrono::steady_clock::time_point;

    // Whether it is to be told now: it was not told within the last minute.
    bool isOver(Time now = std::chrono::steady_clock::now())
    {
        const bool over = !m_told || now - *m_told >= std::chrono::minutes(1);
        m_told = over ? now : m_told;
        return over;
    }
    // It is well again. Whether it was told that it was not.
    bool end()
    {
        const bool wasTold = m_told.has_value();
        m_told.reset();
        return wasTold;
    }

private:
    std::optional<Time> m_told;
};

} // namespace PatchPanel
