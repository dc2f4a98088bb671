#include "services/http/loopback.h"

#include <QHostAddress>

namespace PatchPanel::Http {

bool isLoopback(const QString &host)
{
    return host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback();
}

bool isOpenToNetwork(const QUrl &url)
{
    return url.scheme() == QLatin1String("http") && !isLoopback(url.host());
}

} // namespace PatchPanel::Http
