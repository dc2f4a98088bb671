#include "ui/desktop/sessionbus.h"

#include <QFileInfo>
#include <QStandardPaths>

namespace PatchPanel::Ui {

bool sessionBusExists()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + QLatin1String("/bus"));
}

} // namespace PatchPanel::Ui
