#include "services/patch/secretmask.h"

#include "services/patch/commandtrace.h"

#include <algorithm>
#include <utility>

namespace PatchPanel::Patch {

namespace {

constexpr QByteArrayView mask = "***";

std::size_t byteAt(QByteArrayView text, qsizetype index)
{
    return static_cast<unsigned char>(text[index]);
}

} // namespace

SecretMask::SecretMask(const QList<QByteArray> &environment)
{
    for (const QByteArray &entry : environment) { // a name may come twice, with two values
        const qsizetype equals = entry.indexOf('=');
        const QByteArray value = entry.sliced(equals + 1);
        if (equals > 0 && value.size() >= shortestSecret && looksSecret(QString::fromLocal8Bit(entry.first(equals)))) {
            m_secrets.append(value);
            m_firstBytes[byteAt(value, 0)] = true;
        }
    }
    std::sort(m_secrets.begin(), m_secrets.end(),
              [](const QByteArray &a, const QByteArray &b) { return a.size() > b.size(); });
}

// The size of the secret that the text begins with; 0: none.
qsizetype SecretMask::secretAt(QByteArrayView text) const
{
    const auto found = std::find_if(m_secrets.begin(), m_secrets.end(),
                                    [text](const QByteArray &secret) { return text.startsWith(secret); });
    return found == m_secrets.end() ? 0 : found->size();
}

bool SecretMask::mayBegin(QByteArrayView text) const
{
    return std::any_of(m_secrets.begin(), m_secrets.end(),
                       [text](const QByteArray &secret) { return QByteArrayView(secret).startsWith(text); });
}

QByteArray SecretMask::take(QByteArrayView bytes)
{
    if (m_secrets.isEmpty()) {
        return bytes.toByteArray();
    }
    const QByteArray text = std::exchange(m_held, {}).append(bytes);
    QByteArray shown;
    shown.reserve(text.size());
    for (qsizetype at = 0; at < text.size();) {
        const QByteArrayView rest = QByteArrayView(text).sliced(at);
        if (!m_firstBytes[byteAt(rest, 0)]) {
            shown.append(rest[0]);
            ++at;
        } else if (mayBegin(rest)) { // a longer secret than one that is complete, perhaps
            m_held = rest.toByteArray();
            break;
        } else if (const qsizetype size = secretAt(rest); size > 0) {
            shown.append(mask);
            at += size;
        } else {
            shown.append(rest[0]);
            ++at;
        }
    }
    return shown;
}

// What was held may be a whole secret that a longer one begins with.
QByteArray SecretMask::finish()
{
    const QByteArray text = std::exchange(m_held, {});
    QByteArray shown;
    for (qsizetype at = 0; at < text.size();) {
        const QByteArrayView rest = QByteArrayView(text).sliced(at);
        const qsizetype size = secretAt(rest);
        shown.append(size > 0 ? mask : rest.first(1));
        at += std::max<qsizetype>(size, 1);
    }
    return shown;
}

} // namespace PatchPanel::Patch
