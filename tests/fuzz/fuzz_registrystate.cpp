#include "services/registry/serviceregistry.h"
#include "tests/fuzz/fuzzing.h"

using namespace PatchPanel;
using namespace PatchPanel::Registry;

namespace {

RegistryState rewritten(const RegistryState &state)
{
    const auto read = readRegistryState(toBytes(state));
    Fuzz::require(read.ok());
    return *read;
}

} // namespace

// Any bytes are a state or a clear error. A state can be written and read again, and a registry that takes it has it
// afterwards; one that does not take it has nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto read = readRegistryState(Fuzz::viewOf(data, size));
    if (!read) {
        Fuzz::requireClear(read.error());
        return 0;
    }
    const RegistryState state = rewritten(*read); // halves of surrogate pairs are replaced by now
    Fuzz::require(rewritten(state) == state);

    ServiceRegistry registry(steadyClock());
    if (const auto restored = registry.restore(state); !restored) {
        Fuzz::requireClear(restored.error());
        Fuzz::require(registry.instanceCount() == 0);
        return 0;
    }
    Fuzz::require(registry.instanceCount() == state.instances.size());
    Fuzz::require(registry.index() > state.index);
    ServiceRegistry next(steadyClock());
    Fuzz::require(next.restore(rewritten(registry.state())).ok());
    Fuzz::require(next.state().instances == registry.state().instances);
    return 0;
}
