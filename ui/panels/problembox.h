#pragma once

#include "services/common/error.h"

#include <QWidget>

namespace PatchPanel::Ui {

class TextView;
class ToneLabel;

// Why a task cannot run: what and where in red, what to do, and the expected text beside the found one.
class ProblemBox : public QWidget {
    Q_OBJECT
public:
    explicit ProblemBox(QWidget *parent = nullptr);

    void setError(const Error &error);
    QString message() const;

private:
    ToneLabel *m_message;
    ToneLabel *m_where;
    ToneLabel *m_hint;
    TextView *m_details;
};

} // namespace PatchPanel::Ui
