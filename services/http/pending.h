#pragma once

#include "services/http/message.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace PatchPanel::Http {

// An answer that comes later. Lives on the server's thread; copies share one state. Answering after the client left, or
// twice, does nothing. The connection reads no further request until it is answered.
class Pending {
public:
    class State;
    explicit Pending(std::shared_ptr<State> state);

    void answer(const Response &response) const;
    bool clientIsGone() const;
    // Called once on the server's thread when the client leaves before it is answered; it must not throw.
    void onGone(std::function<void()> callback) const;

private:
    std::shared_ptr<State> m_state;
};

// A Server-Sent Events answer (text/event-stream, WHATWG HTML §9.2). Lives on the server's thread; copies share one
// state. What is sent after the client left is dropped; a client that reads too slowly is cut off once
// Limits::streamBacklogBytes wait for it. The server sends a comment line every 10 s.
class EventStream {
public:
    class State;
    explicit EventStream(std::shared_ptr<State> state);

    // `data` is one line (compact JSON); `id` becomes Last-Event-ID of a client that resumes.
    void send(QByteArrayView event, QByteArrayView id, QByteArrayView data) const;
    void close() const;
    bool clientIsGone() const;
    // Called once on the server's thread when the client leaves or is cut off; not after close().
    void onClosed(std::function<void()> callback) const;

private:
    std::shared_ptr<State> m_state;
};

} // namespace PatchPanel::Http
