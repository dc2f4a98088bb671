#pragma once

#include "services/http/client.h"

#include <QEventLoop>

namespace PatchPanel::Test {

// Sends a request and runs the event loop until its reply is there; the request's own time-out bounds the wait. The
// server may live on the same thread.
inline Http::Reply exchange(Http::Client &client, const Http::ClientRequest &request)
{
    Http::Reply received;
    QEventLoop loop;
    client.send(request, &loop, [&](const Http::Reply &reply) {
        received = reply;
        loop.quit();
    });
    loop.exec();
    return received;
}

} // namespace PatchPanel::Test
