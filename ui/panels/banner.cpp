#include "ui/panels/banner.h"

#include "ui/style/labels.h"

#include <QEvent>
#include <QGridLayout>
#include <QPainter>

#include <algorithm>

namespace PatchPanel::Ui {

Banner::Banner(QWidget *parent)
    : QWidget(parent)
    , m_shape(new ShapeLabel)
    , m_text(new ToneLabel)
    , m_links(new QLabel)
    , m_layout(new QGridLayout(this))
{
    m_layout->setContentsMargins(12, 5, 12, 5);
    m_layout->setSpacing(8);
    m_layout->addWidget(m_shape, 0, 0, Qt::AlignTop);
    m_layout->addWidget(m_text, 0, 1);
    m_layout->addWidget(m_links, 0, 2, Qt::AlignTop);
    m_layout->setColumnStretch(1, 1);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_links->setTextFormat(Qt::RichText);
    m_links->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_links, &QLabel::linkActivated, this, &Banner::linkActivated);
    setVisible(false);
}

void Banner::setMessage(const Message &message)
{
    m_message = message;
    m_shape->setShape(message.shape, message.tone);
    m_text->setText(message.text);
    m_text->setAccessibleName(message.text);
    showLinks();
    placeLinks();
    setVisible(!message.text.isEmpty());
    update();
}

// Beside the text, or below a text that would need more lines for them than these take.
void Banner::placeLinks()
{
    const QMargins margins = m_layout->contentsMargins();
    const int beside = m_links->sizeHint().width() + m_layout->spacing();
    const int room = width() - margins.left() - margins.right() - m_shape->sizeHint().width() - m_layout->spacing();
    const int cost = m_text->heightForWidth(std::max(1, room - beside)) - m_text->heightForWidth(std::max(1, room));
    const bool below = !m_message.links.isEmpty() && cost > m_links->sizeHint().height();
    if (below != m_areLinksBelow) {
        m_areLinksBelow = below;
        m_layout->removeWidget(m_links);
        m_layout->addWidget(m_links, below ? 1 : 0, below ? 1 : 2, below ? Qt::AlignLeading : Qt::AlignTop);
    }
}

void Banner::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeLinks();
}

void Banner::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showLinks();
    }
}

void Banner::paintEvent(QPaintEvent *)
{
    const Colors &colors = colorsFor(palette());
    QPainter painter(this);
    constexpr qreal strength = 0.10; // of the tone in the background
    QColor tint = colors.of(m_message.tone);
    tint.setAlphaF(strength);
    painter.fillRect(rect(), colors.base);
    painter.fillRect(rect(), tint);
    painter.fillRect(0, height() - 1, width(), 1, colors.border);
}

// A link takes its colour when the text is set, so a change of the theme sets it again.
void Banner::showLinks()
{
    const QString color = colorsFor(palette()).info.name();
    QStringList anchors;
    QStringList names;
    for (const Link &link : std::as_const(m_message.links)) {
        anchors.append(QStringLiteral("<a href=\"%1\" style=\"color:%2\">%3</a>")
                           .arg(link.action.toHtmlEscaped(), color, link.text.toHtmlEscaped()));
        names.append(link.text);
    }
    m_links->setVisible(!anchors.isEmpty());
    m_links->setFocusPolicy(anchors.isEmpty() ? Qt::NoFocus : Qt::StrongFocus);
    m_links->setText(anchors.join(QStringLiteral("&nbsp;&nbsp;&nbsp;")));
    m_links->setAccessibleName(names.join(QStringLiteral(", ")));
}

} // namespace PatchPanel::Ui
