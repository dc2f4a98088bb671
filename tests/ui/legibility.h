#pragma once

#include "ui/style/labels.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenuBar>
#include <QRegularExpression>
#include <QTabBar>
#include <QToolButton>

namespace PatchPanel::Test {

inline QString withoutMnemonics(QString text)
{
    return text.replace(QStringLiteral("&&"), QStringLiteral("\n")).remove(u'&').replace(u'\n', u'&');
}

// A visible text of a window and where it stands.
struct ShownText {
    const QWidget *widget;
    QString text;
};

// Every label, button, tab, chosen item of a box, column title and menu that can be seen, without what they fill in.
inline QList<ShownText> shownTexts(const QWidget &window)
{
    QList<ShownText> texts;
    const auto add = [&texts](const QWidget *widget, const QString &text) {
        if (!text.isEmpty()) {
            texts.append({widget, withoutMnemonics(text)});
        }
    };
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->window() != window.window()) {
            continue;
        }
        if (const auto *label = qobject_cast<const QLabel *>(widget)) {
            QString text = label->text();
            add(label,
                label->textFormat() == Qt::RichText ? text.remove(QRegularExpression(QStringLiteral("<[^>]*>")))
                                                    : text);
        } else if (const auto *button = qobject_cast<const QAbstractButton *>(widget)) {
            add(button, button->text());
        } else if (const auto *tabs = qobject_cast<const QTabBar *>(widget)) {
            for (int i = 0; i < tabs->count(); ++i) {
                add(tabs, tabs->tabText(i));
            }
        } else if (const auto *box = qobject_cast<const QComboBox *>(widget); box && !box->isEditable()) {
            add(box, box->currentText());
        } else if (const auto *header = qobject_cast<const QHeaderView *>(widget)) {
            for (int i = 0; header->model() && i < header->count(); ++i) {
                add(header, header->model()->headerData(i, header->orientation()).toString());
            }
        } else if (const auto *bar = qobject_cast<const QMenuBar *>(widget)) {
            for (const QAction *action : bar->actions()) {
                add(bar, action->text());
            }
        }
    }
    return texts;
}

inline QString nameOf(const QWidget &widget, const QString &text)
{
    return QStringLiteral("%1 \"%2\" in %3")
        .arg(QLatin1String(widget.metaObject()->className()), text,
             QLatin1String(widget.parentWidget() ? widget.parentWidget()->metaObject()->className() : "nothing"));
}

// The label has less room than its text takes.
inline bool isCut(const QLabel &label)
{
    const auto *toned = qobject_cast<const Ui::ToneLabel *>(&label);
    if (label.text().isEmpty() || (toned && toned->isElided())) {
        return false;
    }
    if (!label.wordWrap()) {
        return label.width() < label.sizeHint().width() || label.height() < label.sizeHint().height();
    }
    int widestWord = 0;
    for (const QString &word : label.text().split(QRegularExpression(QStringLiteral("\\s")), Qt::SkipEmptyParts)) {
        widestWord = std::max(widestWord, label.fontMetrics().horizontalAdvance(word));
    }
    return label.height() < label.heightForWidth(label.width()) || label.contentsRect().width() < widestWord;
}

inline bool isCut(const QAbstractButton &button)
{
    constexpr int leastMargins = 8; // pixels, of both sides
    const QSize text = button.fontMetrics().size(Qt::TextShowMnemonic, button.text());
    const int icon = button.icon().isNull() ? 0 : button.iconSize().width() + leastMargins / 2;
    return !button.text().isEmpty() && button.width() < button.sizeHint().width()
        && button.width() < text.width() + icon + leastMargins;
}

inline bool isCut(const QTabBar &tabs)
{
    for (const auto *scroll : tabs.findChildren<QToolButton *>()) {
        if (scroll->isVisible()) {
            return true;
        }
    }
    return tabs.width() < tabs.sizeHint().width();
}

inline bool isCut(const QMenuBar &bar)
{
    const QList<QAction *> actions = bar.actions();
    return std::any_of(actions.begin(), actions.end(), [&bar](QAction *action) {
        return action->isVisible() && !bar.rect().contains(bar.actionGeometry(action));
    });
}

// Visible texts that have not the room they need: in their own widget, or as a widget around it hides a part.
inline QStringList cutTexts(const QWidget &window)
{
    QStringList cut;
    for (const ShownText &shown : shownTexts(window)) {
        const QWidget *widget = shown.widget;
        const auto *label = qobject_cast<const QLabel *>(widget);
        const auto *button = qobject_cast<const QAbstractButton *>(widget);
        const auto *tabs = qobject_cast<const QTabBar *>(widget);
        const auto *bar = qobject_cast<const QMenuBar *>(widget);
        const bool isTooSmall =
            (label && isCut(*label)) || (button && isCut(*button)) || (tabs && isCut(*tabs)) || (bar && isCut(*bar));
        const QRect seen = widget->visibleRegion().boundingRect(); // empty: scrolled away
        const bool isHidden = (label || button) && !seen.isEmpty()
            && seen.width() < widget->width() - 2; // a splitter may lie over an edge
        if (isTooSmall || isHidden) {
            cut.append(nameOf(*widget, shown.text)
                       + QStringLiteral(": %1x%2, wants %3x%4, seen %5")
                             .arg(widget->width())
                             .arg(widget->height())
                             .arg(widget->sizeHint().width())
                             .arg(widget->sizeHint().height())
                             .arg(seen.width()));
        }
    }
    cut.removeDuplicates();
    return cut;
}

} // namespace PatchPanel::Test
