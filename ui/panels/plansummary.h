#pragma once

#include "services/relay/runrequest.h"

#include <QWidget>

namespace PatchPanel::Ui {

class ShapeLabel;
class ToneLabel;

// One line: how many files change and how, and whether the plan applies.
class PlanSummary : public QWidget {
    Q_OBJECT
public:
    explicit PlanSummary(QWidget *parent = nullptr);

    void setPreview(const Relay::RunOutcome &preview);
    QString verdict() const;

private:
    struct Count {
        QString kind;
        ShapeLabel *shape;
        ToneLabel *text;
    };

    ToneLabel *m_files;
    ToneLabel *m_added;
    ToneLabel *m_removed;
    QList<Count> m_counts;
    ShapeLabel *m_verdictShape;
    ToneLabel *m_verdict;
};

} // namespace PatchPanel::Ui
