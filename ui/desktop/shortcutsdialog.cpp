#include "ui/desktop/shortcutsdialog.h"

#include "ui/models/actionlist.h"
#include "ui/style/labels.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QMainWindow>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

struct Group {
    QString title;
    QList<ListedAction> actions;
};

QList<Group> groupsOf(const QMainWindow &window)
{
    QList<Group> groups;
    for (const ListedAction &listed : listActions(window)) {
        if (listed.shortcut.isEmpty()) {
            continue;
        }
        const QString title = listed.group.isEmpty() ? ShortcutsDialog::tr("Elsewhere") : listed.group;
        if (groups.isEmpty() || groups.last().title != title) {
            groups.append({title, {}});
        }
        groups.last().actions.append(listed);
    }
    return groups;
}

// One key: a small frame, as it is on the keyboard.
QLabel *makeKey(const QString &keys)
{
    auto *label = new ToneLabel(keys, Tone::Text);
    label->setFrameShape(QFrame::StyledPanel);
    label->setContentsMargins(6, 1, 6, 1);
    return label;
}

QWidget *makeGroup(const Group &group)
{
    auto *widget = new QWidget;
    auto *layout = new QGridLayout(widget);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(16);
    layout->setVerticalSpacing(4);
    layout->setColumnStretch(0, 1);
    layout->addWidget(makeHeading(group.title), 0, 0, 1, 2);
    for (int row = 0; row < group.actions.size(); ++row) {
        const ListedAction &listed = group.actions[row];
        auto *text = new ToneLabel(listed.text, Tone::Text);
        text->setAccessibleName(QStringLiteral("%1: %2").arg(listed.text, listed.shortcut));
        layout->addWidget(text, row + 1, 0);
        auto *keys = new QHBoxLayout;
        keys->setSpacing(4);
        for (const QKeySequence &key : listed.action->shortcuts()) {
            keys->addWidget(makeKey(key.toString(QKeySequence::NativeText)));
        }
        layout->addLayout(keys, row + 1, 1, Qt::AlignRight);
    }
    return widget;
}

} // namespace

ShortcutsDialog::ShortcutsDialog(QMainWindow &window)
    : QDialog(&window)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Shortcuts"));
    auto *page = new QWidget;
    auto *columns = new QHBoxLayout(page);
    columns->setContentsMargins(16, 16, 16, 16);
    columns->setSpacing(40);
    QList<QVBoxLayout *> sides;
    QList<qsizetype> lengths{0, 0};
    for (int i = 0; i < 2; ++i) {
        sides.append(new QVBoxLayout);
        sides.last()->setSpacing(16);
        columns->addLayout(sides.last(), 1);
    }
    qsizetype all = 0;
    const QList<Group> groups = groupsOf(window);
    for (const Group &group : groups) {
        all += group.actions.size() + 1;
    }
    for (const Group &group : groups) { // in order: down the first column, then down the second
        const int side = lengths[0] + group.actions.size() / 2 < all / 2 && lengths[1] == 0 ? 0 : 1;
        sides[side]->addWidget(makeGroup(group));
        lengths[side] += group.actions.size() + 1;
    }
    for (QVBoxLayout *side : sides) {
        side->addStretch();
    }

    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(page->sizeHint().width() + scroll->verticalScrollBar()->sizeHint().width());
    scroll->setAccessibleName(tr("Shortcuts"));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->setContentsMargins(16, 0, 16, 0);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 12);
    layout->addWidget(scroll, 1);
    layout->addWidget(buttons);
    resize(scroll->minimumWidth(), std::min(page->sizeHint().height() + 60, window.height() - 60));
}

} // namespace PatchPanel::Ui
