#pragma once

#include "ui/style/theme.h"

#include <QObject>

class QDBusVariant;

namespace PatchPanel::Ui {

// Dresses the whole application: a flat Fusion style with one of our two palettes. With Theme::System it asks the
// desktop portal (org.freedesktop.appearance) and follows its changes; without one, the palette the application
// started with decides. GUI thread; owned by the window.
class Appearance : public QObject {
    Q_OBJECT
public:
    explicit Appearance(QObject *parent = nullptr);

    Theme theme() const { return m_theme; }
    void setTheme(Theme theme);
    bool isDark() const;

private Q_SLOTS:
    void portalSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void askPortal();
    void takeColorScheme(uint scheme);
    void apply();

    Theme m_theme = Theme::System;
    bool m_systemDark = false;
};

} // namespace PatchPanel::Ui
