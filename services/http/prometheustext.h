#pragma once

#include "services/http/message.h"

#include <QByteArray>
#include <QList>

#include <utility>

namespace PatchPanel::Http {

// Writes metrics in the Prometheus text format 0.0.4. A value; add the samples of a family directly after it.
class PrometheusText {
public:
    enum class Type { Counter, Gauge, Histogram };
    using Labels = QList<std::pair<QByteArray, QByteArray>>;

    // The "# HELP" and "# TYPE" lines.
    void family(QByteArrayView name, Type type, QByteArrayView help);
    // Precondition: names of labels are [a-zA-Z_][a-zA-Z0-9_]*; values may hold anything.
    void sample(QByteArrayView name, const Labels &labels, double value);
    // A family of one sample without labels.
    void single(QByteArrayView name, Type type, QByteArrayView help, double value);

    // The answer to GET /metrics.
    Response response() const;
    const QByteArray &bytes() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

} // namespace PatchPanel::Http
