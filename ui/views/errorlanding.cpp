#include "ui/views/errorlanding.h"

#include "ui/views/logview.h"

namespace PatchPanel::Ui {

namespace {

constexpr qint64 sliceMs = 8;

} // namespace

ErrorLanding::ErrorLanding(LogView *view, QObject *parent)
    : QObject(parent)
    , m_view(view)
{
    connect(&m_slice, &QTimer::timeout, this, &ErrorLanding::workSlice);
    connect(view, &LogView::scrolledByUser, this, &ErrorLanding::cancel);
    connect(view, &LogView::selectionStarted, this, &ErrorLanding::cancel);
    connect(view, &LogView::clearedChanged, this, &ErrorLanding::cancel);
    connect(&view->finder(), &LineFinder::currentChanged, this, &ErrorLanding::cancel);
    connect(view, &LogView::countsChanged, this, [this] {
        if (m_search) {
            m_slice.start(0);
        }
    });
}

void ErrorLanding::start(const QByteArray &runId, Phase phase)
{
    m_search.emplace(m_view->rows(), runId, phase);
    workSlice();
}

void ErrorLanding::cancel()
{
    m_search.reset();
    m_slice.stop();
}

void ErrorLanding::workSlice()
{
    const bool isThrough = m_search->advance(QDeadlineTimer(sliceMs, Qt::PreciseTimer));
    if (isThrough && (m_view->isComplete() || m_search->isCertain())) {
        land();
    } else if (isThrough) {
        m_slice.stop(); // until there are more rows
    } else {
        m_slice.start(0);
    }
}

void ErrorLanding::land()
{
    const std::optional<qsizetype> row = m_search->row() ? m_search->row() : m_search->firstRow();
    cancel();
    if (row) {
        m_view->setFollowing(false);
        m_view->showLine(*row);
        m_view->moveCaret({*row, 0}, LineView::Selection::Drop);
    }
}

} // namespace PatchPanel::Ui
