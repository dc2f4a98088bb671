#include "services/http/requestframing.h"

#include <algorithm>

namespace PatchPanel::Http {

namespace {

constexpr qint64 headerLineBytes = 8 * 1024;
constexpr qint64 chunkLineBytes = 256;
constexpr int maxLengthDigits = 18; // fits a qint64
constexpr int maxChunkDigits = 8;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 9110 §5.6.2
bool isTokenChar(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || (c != '\0' && QByteArrayView("!#$%&'*+-.^_`|~").contains(c));
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isTokenChar);
}

bool isFieldChar(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool hasBrokenEscape(QByteArrayView text)
{
    for (qsizetype i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
        if (i + 2 >= text.size() || !isHexDigit(text[i + 1]) || !isHexDigit(text[i + 2])) {
            return true;
        }
    }
    return false;
}

// RFC 9112 §3.2.1 and §3.2.4; we are no proxy, so the absolute and the authority form are nothing for us.
bool isTarget(QByteArrayView target, QByteArrayView method)
{
    if (target == "*") {
        return method == "OPTIONS";
    }
    const bool visible = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return visible && target.startsWith('/') && !target.startsWith("//") && !target.contains('#')
        && !target.contains('\\') && !hasBrokenEscape(target);
}

bool isHost(QByteArrayView host)
{
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return (isTokenChar(c) && c != '%') || c == ':' || c == '[' || c == ']'; });
}

// Headers whose second value would be read by one party and not by the other.
bool mustBeSingle(QByteArrayView name)
{
    constexpr QByteArrayView names[] = {"host",          "content-length", "transfer-encoding", "content-type",
                                        "authorization", "origin",         "x-consul-token",    "expect"};
    return std::any_of(std::begin(names), std::end(names),
                       [name](QByteArrayView single) { return name.compare(single, Qt::CaseInsensitive) == 0; });
}

bool hasHeader(const Headers &headers, QByteArrayView name)
{
    return std::any_of(headers.begin(), headers.end(), [name](const auto &header) {
        return QByteArrayView(header.first).compare(name, Qt::CaseInsensitive) == 0;
    });
}

} // namespace

RequestFraming::RequestFraming(const Limits &limits)
    : m_limits(limits)
{
}

void RequestFraming::append(QByteArrayView bytes)
{
    if (m_position > 0) {
        m_buffer.remove(0, m_position);
        m_position = 0;
    }
    m_buffer.append(bytes);
}

RequestFraming::Step RequestFraming::next()
{
    while (true) {
        const bool headDone = m_phase != Phase::RequestLine && m_phase != Phase::HeaderLines;
        if (m_phase == Phase::Refused) {
            return Step::Refused;
        }
        if (headDone && !m_headReported) {
            m_headReported = true;
            return Step::HeadComplete;
        }
        if (m_phase == Phase::Complete) {
            return Step::Complete;
        }
        if (advance() == Progress::NeedMore) {
            return m_phase == Phase::Refused ? Step::Refused : Step::NeedMore;
        }
    }
}

void RequestFraming::startNext()
{
    m_phase = Phase::RequestLine;
    m_headReported = false;
    m_head = {};
    m_minorVersion = 1;
    m_headerBytes = 0;
    m_headerLines = 0;
    m_skippedEmptyLine = false;
    m_missing = 0;
    m_body.clear();
}

RequestFraming::Progress RequestFraming::advance()
{
    switch (m_phase) {
    case Phase::RequestLine:
        return readRequestLine();
    case Phase::HeaderLines:
        return readHeaderLine();
    case Phase::Body:
        return readBody();
    case Phase::ChunkSize:
        return readChunkSize();
    case Phase::ChunkData:
        return readChunkData();
    case Phase::ChunkEnd:
        return readChunkEnd();
    case Phase::Trailers:
        return readTrailerLine();
    case Phase::Complete:
    case Phase::Refused:
        break;
    }
    return Progress::NeedMore;
}

// The next line without its CR LF; nothing when it is not there yet, or when it was refused.
std::optional<QByteArray> RequestFraming::takeLine(qint64 limit, ErrorCode tooLong)
{
    const qsizetype end = m_buffer.indexOf('\n', m_position);
    const qsizetype length = (end < 0 ? m_buffer.size() : end) - m_position;
    if (length > limit + 1) {
        refuse(tooLong, QStringLiteral("a line of the request is longer than %1 bytes").arg(limit));
        return {};
    }
    if (end < 0) {
        return {};
    }
    if (length == 0 || m_buffer[end - 1] != '\r') {
        refuse(ErrorCode::BadRequest, QStringLiteral("a line of the request ends in LF without CR"));
        return {};
    }
    const QByteArray line = m_buffer.mid(m_position, length - 1);
    m_position = end + 1;
    if (!std::all_of(line.begin(), line.end(), isFieldChar)) {
        refuse(ErrorCode::BadRequest, QStringLiteral("a line of the request has a control character"));
        return {};
    }
    return line;
}

RequestFraming::Progress RequestFraming::readRequestLine()
{
    const auto line = takeLine(m_limits.requestLineBytes, ErrorCode::HeadersTooLarge);
    if (!line && m_phase != Phase::Refused && m_position < m_buffer.size() && m_buffer[m_position] != '\r'
        && !isTokenChar(m_buffer[m_position])) {
        // What speaks TLS, or nothing at all like HTTP, need not wait for the end of a line that never comes.
        return refuse(ErrorCode::BadRequest,
                      QStringLiteral("this is no HTTP request: it does not begin with a method"));
    }
    if (!line) {
        return Progress::NeedMore;
    }
    if (line->isEmpty() && !m_skippedEmptyLine) { // RFC 9112 §2.2
        m_skippedEmptyLine = true;
        return Progress::Made;
    }
    parseRequestLine(*line);
    return m_phase == Phase::Refused ? Progress::NeedMore : Progress::Made;
}

void RequestFraming::parseRequestLine(const QByteArray &line)
{
    const QList<QByteArray> parts = line.split(' ');
    if (parts.size() != 3 || !isToken(parts[0])) {
        refuse(ErrorCode::BadRequest, QStringLiteral("the request line is not METHOD TARGET VERSION"));
        return;
    }
    if (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0") {
        refuse(ErrorCode::BadRequest, QStringLiteral("the protocol is not HTTP/1.1 or HTTP/1.0"));
        return;
    }
    if (!isTarget(parts[1], parts[0])) {
        refuse(ErrorCode::BadRequest, QStringLiteral("the request target is not a path"));
        return;
    }
    m_head.method = parts[0];
    m_head.target = parts[1];
    m_minorVersion = parts[2].endsWith('1') ? 1 : 0;
    m_phase = Phase::HeaderLines;
}

RequestFraming::Progress RequestFraming::readHeaderLine()
{
    const auto line = takeLine(std::min(headerLineBytes, m_limits.headerBytes), ErrorCode::HeadersTooLarge);
    if (!line) {
        return Progress::NeedMore;
    }
    if (line->isEmpty()) {
        finishHead();
        return m_phase == Phase::Refused ? Progress::NeedMore : Progress::Made;
    }
    m_headerBytes += line->size() + 2;
    if (m_headerBytes > m_limits.headerBytes || ++m_headerLines > m_limits.headerCount) {
        return refuse(ErrorCode::HeadersTooLarge,
                      QStringLiteral("the headers are more than %1 bytes or %2 lines")
                          .arg(m_limits.headerBytes)
                          .arg(m_limits.headerCount));
    }
    parseHeaderLine(*line);
    return m_phase == Phase::Refused ? Progress::NeedMore : Progress::Made;
}

void RequestFraming::parseHeaderLine(const QByteArray &line)
{
    const qsizetype colon = line.indexOf(':');
    const QByteArray name = line.first(std::max<qsizetype>(colon, 0));
    if (!isToken(name)) { // also a folded line and a space before the colon
        refuse(ErrorCode::BadRequest, QStringLiteral("a header line is not \"Name: value\""));
        return;
    }
    if (mustBeSingle(name) && hasHeader(m_head.headers, name)) {
        refuse(ErrorCode::BadRequest, QStringLiteral("the header %1 is there twice").arg(QString::fromLatin1(name)));
        return;
    }
    m_head.headers.append(Headers::value_type{name, line.sliced(colon + 1).trimmed()});
}

void RequestFraming::finishHead()
{
    const QByteArray host = headerValue(m_head.headers, "host");
    if (!isHost(host) || (m_minorVersion == 1 && host.isEmpty())) {
        refuse(ErrorCode::BadRequest, QStringLiteral("the Host header is missing or no host name"));
        return;
    }
    readConnectionHeaders();
    const bool chunked = hasHeader(m_head.headers, "transfer-encoding");
    const bool hasLength = hasHeader(m_head.headers, "content-length");
    if (chunked) {
        const QByteArray coding = headerValue(m_head.headers, "transfer-encoding");
        if (hasLength || m_minorVersion == 0 || coding.compare("chunked", Qt::CaseInsensitive) != 0) {
            refuse(ErrorCode::BadRequest,
                   QStringLiteral("Transfer-Encoding must be \"chunked\", without a Content-Length, in HTTP/1.1"));
            return;
        }
        m_head.contentLength = -1;
        m_phase = Phase::ChunkSize;
        return;
    }
    const QByteArray length = headerValue(m_head.headers, "content-length");
    if (hasLength
        && (length.isEmpty() || length.size() > maxLengthDigits
            || !std::all_of(length.begin(), length.end(), isDigit))) {
        refuse(ErrorCode::BadRequest, QStringLiteral("Content-Length is not a number of bytes"));
        return;
    }
    m_head.contentLength = length.toLongLong();
    if (m_head.contentLength > m_limits.bodyBytes) {
        refuse(ErrorCode::PayloadTooLarge, QStringLiteral("the body is larger than %1 bytes").arg(m_limits.bodyBytes));
        return;
    }
    m_missing = m_head.contentLength;
    m_phase = m_missing > 0 ? Phase::Body : Phase::Complete;
}

void RequestFraming::readConnectionHeaders()
{
    m_head.keepAlive = m_minorVersion == 1;
    for (const auto &[name, value] : std::as_const(m_head.headers)) {
        if (name.compare("connection", Qt::CaseInsensitive) == 0 && value.toLower().contains("close")) {
            m_head.keepAlive = false;
        }
    }
    const QByteArray expect = headerValue(m_head.headers, "expect");
    m_head.expectsContinue = m_minorVersion == 1 && expect.compare("100-continue", Qt::CaseInsensitive) == 0;
}

// Moves what is there of the `missing` bytes into the body.
RequestFraming::Progress RequestFraming::takeData(qint64 &missing)
{
    const qsizetype there = std::min<qint64>(missing, m_buffer.size() - m_position);
    m_body.append(QByteArrayView(m_buffer).sliced(m_position, there));
    m_position += there;
    missing -= there;
    return missing == 0 ? Progress::Made : Progress::NeedMore;
}

RequestFraming::Progress RequestFraming::readBody()
{
    if (takeData(m_missing) == Progress::NeedMore) {
        return Progress::NeedMore;
    }
    m_phase = Phase::Complete;
    return Progress::Made;
}

RequestFraming::Progress RequestFraming::readChunkSize()
{
    const auto line = takeLine(chunkLineBytes, ErrorCode::BadRequest);
    if (!line) {
        return Progress::NeedMore;
    }
    const QByteArray digits = line->split(';').first(); // RFC 9112 §7.1.1: unknown extensions are ignored
    if (digits.isEmpty() || digits.size() > maxChunkDigits || !std::all_of(digits.begin(), digits.end(), isHexDigit)) {
        return refuse(ErrorCode::BadRequest, QStringLiteral("a chunk size is not a hexadecimal number"));
    }
    m_missing = digits.toLongLong(nullptr, 16);
    if (m_body.size() + m_missing > m_limits.bodyBytes) {
        return refuse(ErrorCode::PayloadTooLarge,
                      QStringLiteral("the body is larger than %1 bytes").arg(m_limits.bodyBytes));
    }
    m_phase = m_missing > 0 ? Phase::ChunkData : Phase::Trailers;
    return Progress::Made;
}

RequestFraming::Progress RequestFraming::readChunkData()
{
    if (takeData(m_missing) == Progress::NeedMore) {
        return Progress::NeedMore;
    }
    m_phase = Phase::ChunkEnd;
    return Progress::Made;
}

RequestFraming::Progress RequestFraming::readChunkEnd()
{
    if (m_buffer.size() - m_position < 2) {
        return Progress::NeedMore;
    }
    if (!QByteArrayView(m_buffer).sliced(m_position).startsWith("\r\n")) {
        return refuse(ErrorCode::BadRequest, QStringLiteral("a chunk is longer than its size says"));
    }
    m_position += 2;
    m_phase = Phase::ChunkSize;
    return Progress::Made;
}

// Trailers are read and dropped.
RequestFraming::Progress RequestFraming::readTrailerLine()
{
    const auto line = takeLine(std::min(headerLineBytes, m_limits.headerBytes), ErrorCode::HeadersTooLarge);
    if (!line) {
        return Progress::NeedMore;
    }
    m_headerBytes += line->size() + 2;
    if (!line->isEmpty() && (m_headerBytes > m_limits.headerBytes || ++m_headerLines > m_limits.headerCount)) {
        return refuse(ErrorCode::HeadersTooLarge, QStringLiteral("the trailers are too large"));
    }
    m_phase = line->isEmpty() ? Phase::Complete : Phase::Trailers;
    return Progress::Made;
}

RequestFraming::Progress RequestFraming::refuse(ErrorCode code, const QString &message, const QString &hint)
{
    m_refusal = Error{code, message, hint};
    m_phase = Phase::Refused;
    return Progress::NeedMore;
}

} // namespace PatchPanel::Http
