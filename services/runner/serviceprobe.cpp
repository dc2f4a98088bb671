#include "services/runner/serviceprobe.h"

#include "services/http/client.h"

#include <QElapsedTimer>
#include <QEventLoop>

namespace PatchPanel::Runner {

Result<QString> probeService(const Patch::Probe &service, std::chrono::milliseconds timeout, const Http::Trust &trust)
{
    const QUrl url(service.url, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty()
        || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https"))) {
        return Error{ErrorCode::InvalidTask, QStringLiteral("\"%1\" is no URL that can be asked").arg(service.url),
                     QStringLiteral("write it like http://127.0.0.1:5050/health"), QStringLiteral("/services")};
    }
    Http::Client client(Http::ClientOptions{.trust = trust});
    QEventLoop loop;
    QElapsedTimer timer;
    timer.start();
    Http::Reply answer;
    client.send({.url = url, .timeout = timeout}, &loop, [&](const Http::Reply &reply) {
        answer = reply;
        loop.quit();
    });
    loop.exec();
    if (!answer.ok()) {
        return answer.failure();
    }
    return QStringLiteral("HTTP %1 in %2 ms").arg(answer.status).arg(timer.elapsed());
}

} // namespace PatchPanel::Runner
