#pragma once

#include "app/commands/diffstat.h"

#include <QByteArray>
#include <QJsonObject>

namespace PatchPanel::App {

struct PlanReportStyle {
    enum class Body { Diff, Stat };
    Body body = Body::Diff;
    Ansi ansi = Ansi::Plain;
    bool toTerminal = false; // control characters are made visible; else the diff keeps its bytes
    int width = 80; // columns
};

// A dry run's result for people: one line of counts, the diff or a table of it, the commands that would run.
QByteArray planReport(const QJsonObject &result, const PlanReportStyle &style);

} // namespace PatchPanel::App
