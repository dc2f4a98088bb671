#pragma once

#include "ui/style/colors.h"
#include "ui/style/shape.h"

#include <QLabel>

namespace PatchPanel::Ui {

// A label in one of the theme's tones; it follows a change of the theme. Its text is plain and can be selected
// by mouse only when asked. It stands where the window's language begins to read, whatever language it is in: messages
// of services are English.
class ToneLabel : public QLabel {
    Q_OBJECT
public:
    explicit ToneLabel(Tone tone = Tone::Text, QWidget *parent = nullptr);
    ToneLabel(const QString &text, Tone tone, QWidget *parent = nullptr);

    Tone tone() const { return m_tone; }
    void setTone(Tone tone);
    // From now on it takes what width there is; of a text of one line that is longer, `mode` leaves out a part.
    void elide(Qt::TextElideMode mode = Qt::ElideRight);
    bool isElided() const { return m_elideMode != Qt::ElideNone; }
    QSize minimumSizeHint() const override;
    // From now on it stands where reading a line ends.
    void alignTrailing();

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void recolor();
    void alignToLayout();

    Tone m_tone;
    Qt::TextElideMode m_elideMode = Qt::ElideNone;
    bool m_isTrailing = false;
};

// One state shape, as large as the text beside it. Decoration: the word beside it says the same.
class ShapeLabel : public QWidget {
    Q_OBJECT
public:
    explicit ShapeLabel(Shape shape = Shape::Ring, Tone tone = Tone::Muted, QWidget *parent = nullptr);

    void setShape(Shape shape, Tone tone);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Shape m_shape;
    Tone m_tone;
};

// The small heading of a panel: "SERVICES".
QLabel *makeHeading(const QString &text, QWidget *parent = nullptr);

} // namespace PatchPanel::Ui
