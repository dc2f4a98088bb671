#pragma once

#include "app/servicehost.h"
#include "ui/style/shape.h"

namespace PatchPanel::Ui {

// How a service's state is told to a person: shape, colour and words, never the colour alone.
struct ServiceLook {
    Shape shape = Shape::DashedRing;
    Tone tone = Tone::Muted;
    QString word = {}; // "Up", "Busy", "Stopped", "Failed: …", "Last known"
};

ServiceLook lookOf(const App::ServiceInfo &service);

// It was stopped, or never came up: starting it helps.
bool isDown(const App::ServiceInfo &service);
bool isUp(const App::ServiceInfo &service);

// ":5050" of ours, "build-07:5050" of others; empty while it has no address.
QString addressOf(const App::ServiceInfo &service);

// The middle of its last answer times in milliseconds; -1 without any.
int medianLatency(const App::ServiceInfo &service);

// All that is known of it, for a ticket or a chat.
QByteArray statusJson(const App::ServiceInfo &service);

} // namespace PatchPanel::Ui
