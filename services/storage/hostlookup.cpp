#include "services/storage/hostlookup.h"

#include <future>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <thread>

namespace PatchPanel::Storage {

namespace {

QList<QByteArray> resolve(const QByteArray &host, int flags)
{
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo *found = nullptr;
    if (getaddrinfo(host.constData(), nullptr, &wanted, &found) != 0) {
        return {};
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
    QList<QByteArray> addresses;
    for (const addrinfo *each = found; each; each = each->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
            addresses.append(QByteArray(text));
        }
    }
    return addresses;
}

} // namespace

Result<QList<QByteArray>> lookUpHost(const QString &host, std::chrono::milliseconds timeout)
{
    const QByteArray name = host.toUtf8();
    if (const QList<QByteArray> numeric = resolve(name, AI_NUMERICHOST); !numeric.isEmpty()) {
        return numeric;
    }
    // getaddrinfo cannot be cancelled: a lookup that takes too long is left to end on its own thread.
    std::promise<QList<QByteArray>> promise;
    std::future<QList<QByteArray>> future = promise.get_future();
    std::thread([name, promise = std::move(promise)]() mutable { promise.set_value(resolve(name, 0)); }).detach();
    if (future.wait_for(timeout) != std::future_status::ready) {
        return Error{ErrorCode::Unavailable, QStringLiteral("the host name %1 was not resolved in time").arg(host)};
    }
    QList<QByteArray> addresses = future.get();
    if (addresses.isEmpty()) {
        return Error{ErrorCode::Unavailable, QStringLiteral("the host name %1 is not known").arg(host)};
    }
    return addresses;
}

} // namespace PatchPanel::Storage
