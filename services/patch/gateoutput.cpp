#include "services/patch/gateoutput.h"

namespace PatchPanel::Patch {

GateOutput::GateOutput(const Log::Writer &log, const char *tag, Phase phase, const QString &file,
                       const SecretMask &mask, const Limits &limits)
    : m_log(log)
    , m_tag(tag)
    , m_phase(phase)
    , m_file(file)
    , m_masks{mask, mask}
    , m_limits(limits)
{
    if (file.isEmpty()) {
        return;
    }
    m_kept = m_file.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered);
    if (!m_kept) {
        m_log.warning(m_tag, QStringLiteral("The output is not kept: %1: %2").arg(file, m_file.errorString()));
    }
}

GateOutput::~GateOutput() = default;

const GateOutput::Limits &GateOutput::defaultLimits()
{
    static const Limits limits;
    return limits;
}

void GateOutput::take(OutputStream stream, QByteArrayView bytes)
{
    m_hasErrors = m_hasErrors || stream == OutputStream::Errors;
    put(stream, m_masks[static_cast<std::size_t>(stream)].take(bytes));
}

void GateOutput::put(OutputStream stream, QByteArrayView bytes)
{
    m_total += bytes.size();
    keep(bytes);
    splitLines(stream, bytes);
    if (m_file.isOpen() && m_file.write(bytes.data(), bytes.size()) != bytes.size()) {
        m_log.warning(
            m_tag,
            QStringLiteral("The rest of the output is not kept: %1: %2").arg(m_file.fileName(), m_file.errorString()));
        m_file.close();
        m_kept = false;
    }
}

// Lets the tail grow to twice its size before it is cut, so that cutting costs little.
void GateOutput::keep(QByteArrayView bytes)
{
    m_tail.append(bytes.last(std::min(bytes.size(), tailLimit)));
    if (m_tail.size() > 2 * tailLimit) {
        m_tail = m_tail.last(tailLimit);
    }
}

QByteArray GateOutput::tail() const
{
    return m_tail.last(std::min(m_tail.size(), tailLimit));
}

void GateOutput::splitLines(OutputStream stream, QByteArrayView bytes)
{
    QByteArray &partial = m_partial[static_cast<std::size_t>(stream)];
    while (!bytes.isEmpty()) {
        const qsizetype lineEnd = bytes.indexOf('\n');
        const bool complete = lineEnd >= 0 && partial.size() + lineEnd <= lineLimit;
        const qsizetype room = lineLimit - partial.size();
        const qsizetype size = complete ? lineEnd : std::min(bytes.size(), room);
        partial.append(bytes.first(size));
        bytes = bytes.sliced(complete ? size + 1 : size);
        if (complete || partial.size() == lineLimit) {
            logLine(stream, partial);
            partial.clear();
        }
    }
}

void GateOutput::logLine(OutputStream stream, QByteArrayView line)
{
    const bool tooLong = m_loggedBytes + line.size() > m_limits.bytes;
    if (m_suppressed > 0 || m_logged == m_limits.lines || tooLong) {
        if (m_suppressed++ == 0) {
            m_log.warning(m_tag,
                          QStringLiteral("More than %1: the log stops here%2")
                              .arg(tooLong ? QStringLiteral("%1 MiB").arg(m_limits.bytes / (1024 * 1024))
                                           : QStringLiteral("%1 lines").arg(m_limits.lines))
                              .arg(m_file.isOpen() ? QStringLiteral(", the whole output is in ") + m_file.fileName()
                                                   : QString()));
        }
        return;
    }
    ++m_logged;
    m_loggedBytes += line.size();
    if (line.endsWith('\r')) {
        line.chop(1);
    }
    m_log.output(stream == OutputStream::Standard ? Log::Level::Info : Log::Level::Warning, m_tag, m_phase,
                 line.toByteArray());
}

void GateOutput::finish()
{
    for (const OutputStream stream : {OutputStream::Standard, OutputStream::Errors}) {
        put(stream, m_masks[static_cast<std::size_t>(stream)].finish());
        QByteArray &partial = m_partial[static_cast<std::size_t>(stream)];
        if (!partial.isEmpty()) {
            logLine(stream, partial);
            partial.clear();
        }
    }
    if (m_suppressed > 0) {
        m_log.warning(m_tag, QStringLiteral("%1 more lines were not logged").arg(m_suppressed));
    }
    m_file.close();
}

} // namespace PatchPanel::Patch
