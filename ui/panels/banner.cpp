#include "ui/panels/banner.h"

#include "ui/style/labels.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace PatchPanel::Ui {

Banner::Banner(QWidget *parent)
    : QWidget(parent)
    , m_shape(new ShapeLabel)
    , m_text(new ToneLabel)
    , m_links(new QLabel)
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 5, 12, 5);
    layout->setSpacing(8);
    layout->addWidget(m_shape, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_links, 0, Qt::AlignTop);
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
    setVisible(!message.text.isEmpty());
    update();
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
