#include "ui/panels/problembox.h"

#include "ui/models/format.h"
#include "ui/models/problems.h"
#include "ui/models/servicetexts.h"
#include "ui/style/labels.h"
#include "ui/style/linesplitter.h"
#include "ui/views/diffview.h"
#include "ui/views/textview.h"

#include <QAction>
#include <QGridLayout>
#include <QListView>
#include <QStackedWidget>
#include <QStyle>

namespace PatchPanel::Ui {

namespace {

enum Page { ComparisonPage, ExpectedPage, NoPage };

// Neither is about a file's lines, so one line tells them.
QString shortText(const Problem &problem)
{
    const auto shown = [&problem](const QString &text) {
        return problem.isAboutTask ? translatedServiceText(text) : text;
    };
    QStringList parts;
    if (!problem.expected.isEmpty()) {
        parts.append(ProblemBox::tr("Expected: %1").arg(shown(problem.expected)));
    }
    if (!problem.found.isEmpty()) {
        parts.append(ProblemBox::tr("Found: %1").arg(shown(problem.found)));
    }
    return parts.join(QLatin1Char('\n'));
}

} // namespace

ProblemBox::ProblemBox(QWidget *parent)
    : QWidget(parent)
    , m_problems(new ProblemsModel(this))
    , m_list(new QListView)
    , m_count(new ToneLabel(Tone::Error))
    , m_message(new ToneLabel(Tone::Error))
    , m_where(new ToneLabel(Tone::Muted))
    , m_hint(new ToneLabel)
    , m_found(new ToneLabel(Tone::Muted))
    , m_expectedHeading(new ToneLabel(tr("Expected by the task"), Tone::Muted))
    , m_headings(new QWidget)
    , m_texts(new QStackedWidget)
    , m_comparison(new DiffView)
    , m_expected(new TextView)
{
    m_list->setModel(m_problems);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    const int icon = style()->pixelMetric(QStyle::PM_SmallIconSize);
    m_list->setIconSize(QSize(icon, icon));
    m_list->setSpacing(1);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Problems of the task"));
    m_comparison->setSideBySide(true);
    for (QAction *action :
         {m_comparison->sideBySideAction(), m_comparison->hideWhitespaceAction(), m_comparison->expandAllAction()}) {
        action->setVisible(false); // it is as it is
    }
    m_expected->setAccessibleName(tr("Expected by the task"));
    auto *side = new QWidget;
    auto *sideLayout = new QVBoxLayout(side);
    sideLayout->setContentsMargins({});
    sideLayout->setSpacing(0);
    m_count->setContentsMargins(12, 8, 12, 4);
    sideLayout->addWidget(m_count);
    sideLayout->addWidget(m_list, 1);
    auto *split = new LineSplitter(Qt::Horizontal);
    split->addWidget(side);
    split->addWidget(makeDetails());
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({230, 620});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(split);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &current) { showProblem(current.row()); });
}

void ProblemBox::setError(const Error &error)
{
    m_problems->setProblems(problemsOf(error));
    const auto count = m_problems->problems().size();
    m_count->setText(counted(count, tr("problem"), tr("problems")));
    m_list->parentWidget()->setVisible(count > 1);
    m_list->setCurrentIndex(m_problems->index(0));
    showProblem(0);
}

QString ProblemBox::message() const
{
    return m_message->text();
}

QWidget *ProblemBox::makeDetails()
{
    QFont bold = m_message->font();
    bold.setBold(true);
    m_message->setFont(bold);
    for (ToneLabel *label : {m_message, m_where, m_hint, m_found}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto *headings = new QHBoxLayout(m_headings);
    headings->setContentsMargins(0, 6, 0, 0);
    headings->addWidget(m_expectedHeading, 1);
    headings->addWidget(m_found, 1);
    auto *details = new QWidget;
    auto *layout = new QGridLayout(details);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setHorizontalSpacing(8);
    layout->setVerticalSpacing(4);
    layout->setColumnStretch(1, 1);
    layout->addWidget(new ShapeLabel(Shape::Cross, Tone::Error), 0, 0, Qt::AlignTop);
    layout->addWidget(m_message, 0, 1);
    layout->addWidget(m_where, 1, 1);
    layout->addWidget(m_hint, 2, 1);
    layout->addWidget(m_headings, 3, 1);
    m_texts->insertWidget(ComparisonPage, m_comparison);
    m_texts->insertWidget(ExpectedPage, m_expected);
    m_texts->insertWidget(NoPage, new QWidget);
    layout->addWidget(m_texts, 4, 1);
    layout->setRowStretch(4, 1);
    return details;
}

void ProblemBox::showProblem(int row)
{
    if (row < 0 || row >= m_problems->rowCount()) {
        return;
    }
    const Problem &problem = m_problems->problems()[row];
    m_message->setText(translatedServiceText(problem.message));
    m_where->setText(tr("In %1").arg(problem.where));
    m_where->setVisible(!problem.where.isEmpty());
    m_hint->setText(translatedServiceText(problem.hint));
    m_hint->setVisible(!problem.hint.isEmpty());

    const QString comparison = comparisonOf(problem);
    const bool isLong = problem.found.isEmpty() && problem.expected.contains(QLatin1Char('\n'));
    m_texts->setCurrentIndex(!comparison.isEmpty() ? ComparisonPage : isLong ? ExpectedPage : NoPage);
    m_comparison->setDiff(comparison);
    m_expected->setText(isLong ? problem.expected.toUtf8() : QByteArray());
    m_expectedHeading->setVisible(!comparison.isEmpty() || isLong);
    m_found->setText(!comparison.isEmpty() ? tr("In the file, at the nearest place: line %1").arg(problem.line)
                         : isLong          ? QString()
                                           : shortText(problem));
    m_found->setVisible(!m_found->text().isEmpty());
    m_headings->setVisible(m_expectedHeading->isVisibleTo(m_headings) || m_found->isVisibleTo(m_headings));
}

} // namespace PatchPanel::Ui
