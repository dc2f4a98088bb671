#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QString>

namespace PatchPanel::App {

// Where what outlives the session is kept, the history above all: `profile`, else $XDG_STATE_HOME/patchpanel, else
// ~/.local/state/patchpanel. It need not exist.
QString stateFolder(const QString &profile);

// The token of this user: PATCHPANEL_TOKEN, else `tokenFile` where one is named, else the profile's own, which is made
// at first use (256 bits, mode 0600). The profile's own lies in `profile`, else in $XDG_RUNTIME_DIR/patchpanel, else in
// $XDG_STATE_HOME/patchpanel, so that the window and the command line of one user share it. Io when it cannot be read
// or made, or when others may read it.
Result<QByteArray> loadOrCreateToken(const QString &profile, const QString &tokenFile);

} // namespace PatchPanel::App
