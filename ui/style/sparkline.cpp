#include "ui/style/sparkline.h"

#include <QPainter>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int barWidth = 2;
constexpr int pitch = 3; // from bar to bar
constexpr int lowest = 2; // pixels, so that also a zero can be seen

} // namespace

Sparkline::Sparkline(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Sparkline::setValues(const QList<int> &values)
{
    if (values != m_values) {
        m_values = values;
        update();
    }
}

void Sparkline::setTone(Tone tone)
{
    m_tone = tone;
    update();
}

QSize Sparkline::sizeHint() const
{
    return {20 * pitch, fontMetrics().height()};
}

void Sparkline::paintEvent(QPaintEvent *)
{
    const qsizetype fitting = std::min<qsizetype>(m_values.size(), width() / pitch);
    if (fitting == 0) {
        return;
    }
    const auto first = m_values.end() - fitting;
    const int largest = std::max(1, *std::max_element(first, m_values.end()));
    const int room = height() - 4;
    QPainter painter(this);
    const QColor color = colorsFor(palette()).of(m_tone);
    int left = 0;
    for (auto value = first; value != m_values.end(); ++value, left += pitch) {
        const int tall = lowest + (room - lowest) * *value / largest;
        painter.fillRect(left, height() - 2 - tall, barWidth, tall, color);
    }
}

} // namespace PatchPanel::Ui
