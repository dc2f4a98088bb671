#include "ui/views/lognote.h"

#include "ui/models/format.h"
#include "ui/style/labels.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace PatchPanel::Ui {

LogNote::LogNote(QWidget *parent)
    : QWidget(parent)
    , m_text(new ToneLabel(Tone::Muted))
    , m_undo(new QPushButton(tr("Undo Clear")))
    , m_open(new QPushButton(tr("Open")))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 1, 8, 2);
    layout->setSpacing(8);
    layout->addWidget(m_text);
    layout->addWidget(m_undo);
    layout->addWidget(m_open);
    layout->addStretch(1);
    setFont(QApplication::font()); // not that of the lines
    for (QPushButton *button : {m_undo, m_open}) {
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Ignored);
    }
    m_open->setAccessibleName(tr("Open the folder with the whole output of the commands"));
    m_open->setToolTip(m_open->accessibleName());
    connect(m_open, &QPushButton::clicked, this, &LogNote::filesRequested);
    m_undo->setAccessibleName(tr("Undo clearing the log"));
    connect(m_undo, &QPushButton::clicked, this, &LogNote::undoRequested);
    hide();
}

void LogNote::setCounts(qsizetype cleared, qsizetype dropped)
{
    if (cleared == m_cleared && dropped == m_dropped) {
        return;
    }
    m_cleared = cleared;
    m_dropped = dropped;
    QStringList parts;
    if (cleared > 0) {
        parts.append(tr("%1 hidden by Clear").arg(counted(cleared, tr("earlier line"), tr("earlier lines"))));
    }
    if (dropped > 0) {
        parts.append(tr("%1 no longer kept, as the memory and the file of the log were full")
                         .arg(counted(dropped, tr("earlier line"), tr("earlier lines"))));
    }
    m_text->setText(parts.join(QStringLiteral(" · ")));
    m_text->setToolTip(m_text->text());
    m_undo->setVisible(cleared > 0);
    m_open->setVisible(dropped > 0);
}

bool LogNote::hasText() const
{
    return m_cleared > 0 || m_dropped > 0;
}

QString LogNote::text() const
{
    return m_text->text();
}

void LogNote::paintEvent(QPaintEvent *)
{
    const Colors &colors = colorsFor(palette());
    QPainter painter(this);
    painter.fillRect(rect(), colors.window);
    painter.fillRect(0, height() - 1, width(), 1, colors.border);
}

} // namespace PatchPanel::Ui
