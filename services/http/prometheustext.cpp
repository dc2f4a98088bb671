#include "services/http/prometheustext.h"

#include <QLocale>

#include <cmath>

namespace PatchPanel::Http {

namespace {

QByteArray nameOf(PrometheusText::Type type)
{
    switch (type) {
    case PrometheusText::Type::Counter:
        return "counter";
    case PrometheusText::Type::Gauge:
        return "gauge";
    case PrometheusText::Type::Histogram:
        return "histogram";
    }
    return "untyped";
}

QByteArray escapedHelp(QByteArrayView text)
{
    return text.toByteArray().replace('\\', "\\\\").replace('\n', "\\n");
}

QByteArray escapedLabel(const QByteArray &text)
{
    return escapedHelp(text).replace('"', "\\\"");
}

QByteArray numberText(double value)
{
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    return QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
}

} // namespace

void PrometheusText::family(QByteArrayView name, Type type, QByteArrayView help)
{
    m_bytes.append("# HELP ").append(name).append(' ').append(escapedHelp(help)).append('\n');
    m_bytes.append("# TYPE ").append(name).append(' ').append(nameOf(type)).append('\n');
}

void PrometheusText::sample(QByteArrayView name, const Labels &labels, double value)
{
    m_bytes.append(name);
    char separator = '{';
    for (const auto &[label, text] : labels) {
        m_bytes.append(separator).append(label).append("=\"").append(escapedLabel(text)).append('"');
        separator = ',';
    }
    m_bytes.append(labels.isEmpty() ? " " : "} ").append(numberText(value)).append('\n');
}

void PrometheusText::single(QByteArrayView name, Type type, QByteArrayView help, double value)
{
    family(name, type, help);
    sample(name, {}, value);
}

Response PrometheusText::response() const
{
    return Response{200, "text/plain; version=0.0.4; charset=utf-8", m_bytes};
}

} // namespace PatchPanel::Http
