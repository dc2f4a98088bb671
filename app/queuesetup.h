#pragma once

#include "app/options.h"
#include "services/storage/queue.h"

namespace PatchPanel::App {

// The queue that the command line names, for whoever only adds to it or looks at it.
Storage::QueueSettings queueSettingsFor(const Options &options);

// Where it is, for people: never a password.
QString queuePlace(const Options &options);

// Who submits and looks: no worker.
Result<std::unique_ptr<Storage::Queue>> openQueue(const Options &options);

} // namespace PatchPanel::App
