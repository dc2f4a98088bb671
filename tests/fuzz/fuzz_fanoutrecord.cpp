#include "app/fanoutrecord.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace PatchPanel;
using namespace PatchPanel::App;

namespace {

bool areSame(const FanOutState &left, const FanOutState &right)
{
    return left.size == right.size && left.damagedLines == right.damagedLines
        && std::equal(left.runs.begin(), left.runs.end(), right.runs.begin(), right.runs.end(),
                      [](const FanOutRun &one, const FanOutRun &other) {
                          return one.toJson() == other.toJson() && one.attempt == other.attempt;
                      });
}

} // namespace

// Any bytes are a record or a clear error. A record has one run for each of its workspaces, and what is torn at its end
// makes no difference: neither to what it tells, nor to what is written after that was cut off.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes = Fuzz::viewOf(data, size);
    const Result<FanOutState> state = readFanOut(bytes);
    if (!state) {
        Fuzz::requireClear(state.error());
        return 0;
    }
    Fuzz::require(state->size <= bytes.size());
    Fuzz::require(state->runs.size() == state->plan.workspaces.size());
    for (qsizetype i = 0; i < state->runs.size(); ++i) {
        Fuzz::require(state->runs[i].workspace == state->plan.workspaces[i]);
        Fuzz::require(state->runs[i].attempt >= 0);
    }
    const QByteArray whole = bytes.first(state->size).toByteArray();
    const Result<FanOutState> mended = readFanOut(whole);
    Fuzz::require(mended.ok() && areSame(*mended, *state));

    const Result<FanOutState> next = readFanOut(whole + "{\"event\":\"finished\",\"index\":0,\"status\":\"ok\"}\n");
    Fuzz::require(next.ok() && next->runs[0].status == RunStatus::Ok && next->damagedLines == state->damagedLines);
    return 0;
}
