#pragma once

#include <algorithm>

namespace PatchPanel::Relay {

// Keeps runs that are passed on to another runner to a fifth of all, so that a relay does not make an overload worse:
// each run earns a fifth of a retry, and a few are saved up for quiet times. A value.
class RetryBudget {
public:
    void earn() { m_balance = std::min(mostSaved, m_balance + share); }
    // False when there is none left.
    bool spend()
    {
        if (m_balance < 1.0) {
            return false;
        }
        m_balance -= 1.0;
        return true;
    }

private:
    static constexpr double share = 0.2;
    static constexpr double mostSaved = 10.0;

    double m_balance = mostSaved;
};

} // namespace PatchPanel::Relay
