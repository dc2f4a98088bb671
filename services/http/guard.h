#pragma once

#include "services/log/logwriter.h"

#include <exception>

namespace PatchPanel::Http {

// Calls `function`; an exception is logged and ends here, because one that reaches Qt ends the process.
// False when there was one.
template <typename Function> bool runGuarded(const Log::Writer &log, const QString &what, Function &&function)
{
    try {
        function();
        return true;
    } catch (const std::exception &exception) {
        log.error("HTTP", QStringLiteral("%1 failed: %2").arg(what, QString::fromUtf8(exception.what())));
    } catch (...) {
        log.error("HTTP", QStringLiteral("%1 failed with an unknown exception").arg(what));
    }
    return false;
}

} // namespace PatchPanel::Http
