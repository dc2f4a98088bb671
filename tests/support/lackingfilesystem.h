#pragma once

#include "services/patch/diskcalls.h"

#include <cerrno>

namespace PatchPanel::Test {

// What a filesystem answers to a call that it cannot serve, 0 to the others: for Disk::Observer::before.
using Filesystem = int (*)(const Patch::Disk::Call &call);

// No atomic exchange, no rename that keeps off a taken name.
inline int withoutFlags(const Patch::Disk::Call &call)
{
    return call.operation == Patch::Disk::Operation::Rename && call.flags != 0 ? EINVAL : 0;
}

// Nor hard links.
inline int withoutLinks(const Patch::Disk::Call &call)
{
    return call.operation == Patch::Disk::Operation::Link ? EPERM : withoutFlags(call);
}

} // namespace PatchPanel::Test
