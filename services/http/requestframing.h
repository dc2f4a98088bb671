#pragma once

#include "services/http/limits.h"
#include "services/http/requesthead.h"

#include <optional>

namespace PatchPanel::Http {

// Finds where one HTTP/1.x request begins and ends in the bytes of a connection (RFC 9112), strictly: what two parsers
// could read differently (bare CR or LF, two lengths, folded headers) is refused, and so is what exceeds the limits.
// Pure: no socket, no clock.
class RequestFraming {
public:
    enum class Step {
        NeedMore,
        HeadComplete, // once a request: head() is there; next() goes on with the body
        Complete, // head() and body() are there; startNext() goes on with the next request
        Refused, // see refusal(); the connection cannot be used further
    };

    explicit RequestFraming(const Limits &limits);

    void append(QByteArrayView bytes);
    Step next();
    void startNext();

    const RequestHead &head() const { return m_head; }
    const QByteArray &body() const { return m_body; }
    const Error &refusal() const { return m_refusal; }
    // Bytes of a request are there that is not complete.
    bool hasStarted() const { return m_phase != Phase::RequestLine || hasUnread(); }
    bool hasUnread() const { return m_position < m_buffer.size(); }

private:
    enum class Phase { RequestLine, HeaderLines, Body, ChunkSize, ChunkData, ChunkEnd, Trailers, Complete, Refused };
    enum class Progress { Made, NeedMore };

    Progress advance();
    Progress readRequestLine();
    Progress readHeaderLine();
    Progress readBody();
    Progress readChunkSize();
    Progress readChunkData();
    Progress readChunkEnd();
    Progress readTrailerLine();

    std::optional<QByteArray> takeLine(qint64 limit, ErrorCode tooLong);
    Progress takeData(qint64 &missing);
    void parseRequestLine(const QByteArray &line);
    void parseHeaderLine(const QByteArray &line);
    void finishHead();
    void readConnectionHeaders();
    Progress refuse(ErrorCode code, const QString &message, const QString &hint = {});

    Limits m_limits;
    Phase m_phase = Phase::RequestLine;
    bool m_headReported = false;
    QByteArray m_buffer;
    qsizetype m_position = 0;
    RequestHead m_head;
    int m_minorVersion = 1;
    qint64 m_headerBytes = 0;
    int m_headerLines = 0;
    bool m_skippedEmptyLine = false;
    qint64 m_missing = 0; // of the body or of the current chunk
    QByteArray m_body;
    Error m_refusal;
};

} // namespace PatchPanel::Http
