#include "ui/desktop/commandpalette.h"

#include "ui/models/commandsmodel.h"
#include "ui/style/labels.h"

#include <QAction>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

constexpr int rowsShown = 12;
constexpr int rowPadding = 6; // above and below the text
constexpr int sidePadding = 12;

// Text with the typed letters bold at the left; menu or reason and the keys at the right.
class CommandDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {0, option.fontMetrics.height() + 2 * rowPadding};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = colorsFor(option.palette);
        const bool available = index.data(CommandsModel::AvailableRole).toBool();
        painter->save();
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(option.rect, colors.selection);
        }
        QRect area = option.rect.adjusted(sidePadding, 0, -sidePadding, 0);
        const auto take = [&](const QString &text, const QColor &color) {
            if (text.isEmpty()) {
                return;
            }
            const int width = option.fontMetrics.horizontalAdvance(text);
            painter->setPen(color);
            painter->drawText(QStyle::alignedRect(option.direction, Qt::AlignRight, QSize(width, area.height()), area),
                              Qt::AlignVCenter, text);
            if (option.direction == Qt::RightToLeft) {
                area.setLeft(area.left() + width + 2 * sidePadding);
            } else {
                area.setRight(area.right() - width - 2 * sidePadding);
            }
        };
        take(index.data(CommandsModel::ShortcutRole).toString(), available ? colors.text : colors.muted);
        const QString why = index.data(CommandsModel::WhyNotRole).toString();
        const QString side = available ? index.data(CommandsModel::GroupRole).toString() : why;
        take(option.fontMetrics.elidedText(side, Qt::ElideRight, area.width() / 2), colors.muted);
        paintText(*painter, area, option, index, available ? colors.text : colors.muted);
        painter->restore();
    }

private:
    static void paintText(QPainter &painter, const QRect &area, const QStyleOptionViewItem &option,
                          const QModelIndex &index, const QColor &color)
    {
        QList<QTextLayout::FormatRange> formats;
        for (const qsizetype at : index.data(CommandsModel::MatchesRole).value<QList<qsizetype>>()) {
            QTextCharFormat format;
            format.setFontWeight(QFont::Bold);
            formats.append({static_cast<int>(at), 1, format});
        }
        const QString text = index.data(Qt::DisplayRole).toString();
        QTextLayout layout(text, option.font);
        QTextOption textOption;
        textOption.setWrapMode(QTextOption::NoWrap);
        textOption.setTextDirection(option.direction);
        layout.setTextOption(textOption);
        layout.setFormats(formats);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        line.setLineWidth(area.width());
        layout.endLayout();
        painter.setPen(color);
        painter.setClipRect(area);
        const qreal left = line.naturalTextWidth() > area.width()
            ? area.right() - line.naturalTextWidth() // the end of a path says more than its beginning
            : area.left();
        layout.draw(&painter, QPointF(left, area.top() + (area.height() - line.height()) / 2));
    }
};

} // namespace

CommandPalette::CommandPalette(QMainWindow &window)
    : QDialog(&window, Qt::Dialog | Qt::FramelessWindowHint)
    , m_model(new CommandsModel(listActions(window), this))
    , m_typed(new QLineEdit)
    , m_list(new QListView)
    , m_nothing(new ToneLabel(tr("No command has these letters"), Tone::Muted))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Command palette"));
    m_typed->setPlaceholderText(tr("Type what to do"));
    m_typed->setAccessibleName(tr("Command"));
    m_typed->setClearButtonEnabled(false);
    m_typed->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setAccessibleName(tr("Commands"));
    m_list->setFocusPolicy(Qt::NoFocus); // the keys go to the text; the arrows are passed on
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFixedHeight(rowsShown * (fontMetrics().height() + 2 * rowPadding));
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setFixedHeight(m_list->height());

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(8, 8, 8, 8);
    top->addWidget(m_typed);
    layout->addLayout(top);
    layout->addWidget(m_list);
    layout->addWidget(m_nothing);
    connect(m_typed, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::act);
    filter({});
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_typed && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QCoreApplication::sendEvent(m_list, event);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            act();
            return true;
        default:
            break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && isVisible() && !isActiveWindow()) {
        reject();
    }
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    const Colors &colors = colorsFor(palette());
    QPainter painter(this);
    painter.fillRect(rect(), colors.base);
    painter.setPen(colors.border);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void CommandPalette::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    const QWidget *window = parentWidget();
    const int width = std::min(640, window->width() - 40);
    resize(width, sizeHint().height());
    move(window->mapToGlobal(QPoint((window->width() - width) / 2, std::min(72, window->height() / 10))));
    m_typed->setFocus();
}

void CommandPalette::filter(const QString &typed)
{
    m_model->setFilter(typed);
    const bool any = m_model->rowCount() > 0;
    m_list->setVisible(any);
    m_nothing->setVisible(!any);
    m_list->setCurrentIndex(m_model->index(0, 0));
    m_list->scrollToTop();
}

void CommandPalette::act()
{
    QAction *action = m_model->actionAt(m_list->currentIndex());
    if (!action || !action->isEnabled()) {
        return; // its row says why
    }
    QMetaObject::invokeMethod(action, &QAction::trigger, Qt::QueuedConnection); // once this is closed
    accept();
}

} // namespace PatchPanel::Ui
