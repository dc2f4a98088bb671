#include "ui/views/findbar.h"

#include "ui/models/format.h"
#include "ui/style/labels.h"
#include "ui/views/lineview.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>

namespace PatchPanel::Ui {

namespace {

QToolButton *makeButton(const QString &name, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAutoRaise(true);
    return button;
}

} // namespace

FindBar::FindBar(LineView *view, const QString &what, QWidget *parent)
    : FindBar({view->finder(), view,
               [view] {
                   return view->firstVisibleLine();
               }},
              what, parent)
{
}

FindBar::FindBar(const Target &target, const QString &what, QWidget *parent)
    : QWidget(parent)
    , m_target(target)
    , m_text(new QLineEdit(this))
    , m_regex(makeButton(tr("Regular expression"), this))
    , m_case(makeButton(tr("Match case"), this))
    , m_only(makeButton(tr("Show only the lines that match"), this))
    , m_close(makeButton(tr("Close find (Esc)"), this))
    , m_count(new ToneLabel(Tone::Muted, this))
{
    m_text->setPlaceholderText(tr("Find…"));
    m_text->setAccessibleName(what);
    m_text->setClearButtonEnabled(true);
    m_text->setMinimumWidth(120);
    m_regex->setText(QStringLiteral(".*"));
    m_regex->setCheckable(true);
    m_case->setText(QStringLiteral("Aa"));
    m_case->setCheckable(true);
    m_only->setIcon(shapeIcon(Shape::Lines));
    m_only->setCheckable(true);
    m_only->hide();
    m_close->setIcon(shapeIcon(Shape::Cross));
    m_close->hide();
    m_count->setMinimumWidth(m_count->fontMetrics().horizontalAdvance(tr("no match")));
    QToolButton *previous = makeButton(tr("Previous match (Shift+F3)"), this);
    previous->setIcon(shapeIcon(Shape::ChevronUp));
    QToolButton *next = makeButton(tr("Next match (F3)"), this);
    next->setIcon(shapeIcon(Shape::ChevronDown));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(2);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_regex);
    layout->addWidget(m_case);
    layout->addWidget(m_only);
    layout->addSpacing(4);
    layout->addWidget(m_count);
    layout->addWidget(previous);
    layout->addWidget(next);
    layout->addWidget(m_close);

    connect(m_text, &QLineEdit::textChanged, this, &FindBar::search);
    connect(m_text, &QLineEdit::returnPressed, this, &FindBar::findNext);
    connect(m_regex, &QToolButton::toggled, this, &FindBar::search);
    connect(m_case, &QToolButton::toggled, this, &FindBar::search);
    connect(m_only, &QToolButton::toggled, this, &FindBar::onlyMatchesChanged);
    connect(previous, &QToolButton::clicked, this, &FindBar::findPrevious);
    connect(next, &QToolButton::clicked, this, &FindBar::findNext);
    connect(m_close, &QToolButton::clicked, this, &FindBar::close);
    connect(&m_target.finder, &LineFinder::changed, this, &FindBar::showCount);
}

void FindBar::activate()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void FindBar::findNext()
{
    m_target.finder.next(m_target.firstVisibleLine());
}

void FindBar::findPrevious()
{
    m_target.finder.previous(m_target.firstVisibleLine());
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        close();
        return;
    }
    QWidget::keyPressEvent(event);
}

void FindBar::close()
{
    m_text->clear();
    m_target.view->setFocus();
    Q_EMIT closed();
}

void FindBar::offerClose()
{
    m_close->show();
}

void FindBar::offerOnlyMatches()
{
    m_only->show();
}

bool FindBar::wantsOnlyMatches() const
{
    return m_only->isChecked();
}

void FindBar::setOnlyMatches(bool only)
{
    m_only->setChecked(only);
}

QString FindBar::pattern() const
{
    return m_text->text();
}

LineFinder::Options FindBar::options() const
{
    LineFinder::Options options = LineFinder::Plain;
    options.setFlag(LineFinder::Regex, m_regex->isChecked());
    options.setFlag(LineFinder::CaseSensitive, m_case->isChecked());
    return options;
}

void FindBar::search()
{
    m_target.finder.start(pattern(), options());
    Q_EMIT searched();
}

void FindBar::showCount()
{
    const LineFinder &finder = m_target.finder;
    m_count->setToolTip(finder.problem());
    m_text->setToolTip(finder.problem());
    m_count->setTone(finder.problem().isEmpty() ? Tone::Muted : Tone::Error);
    if (!finder.isActive()) {
        m_count->clear();
    } else if (!finder.problem().isEmpty()) {
        m_count->setText(finder.problem());
    } else if (finder.matchCount() == 0) {
        m_count->setText(finder.isDone() ? tr("no match") : tr("searching"));
    } else {
        m_count->setText(
            QStringLiteral("%1/%2").arg(formatCount(finder.currentIndex() + 1), formatCount(finder.matchCount())));
    }
}

} // namespace PatchPanel::Ui
