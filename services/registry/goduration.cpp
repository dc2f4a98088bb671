#include "services/registry/goduration.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace PatchPanel::Registry {

namespace {

struct Unit {
    QStringView name;
    double milliseconds;
};

constexpr double longestMs = 1000.0 * 60 * 60 * 24 * 365 * 100;

constexpr Unit units[] = {
    {u"ns", 1e-6}, {u"us", 1e-3}, {u"\u00b5s", 1e-3}, {u"\u03bcs", 1e-3},
    {u"ms", 1},    {u"s", 1e3},   {u"m", 60e3},       {u"h", 3600e3},
};

bool isNumberPart(QChar c)
{
    return (c >= u'0' && c <= u'9') || c == u'.';
}

} // namespace

std::optional<std::chrono::milliseconds> parseGoDuration(QStringView text)
{
    if (text == u"0") {
        return std::chrono::milliseconds(0);
    }
    if (text.isEmpty()) {
        return std::nullopt;
    }
    double total = 0;
    const QChar *position = text.begin();
    while (position != text.end()) {
        const QChar *const numberEnd = std::find_if_not(position, text.end(), isNumberPart);
        const QChar *const unitEnd = std::find_if(numberEnd, text.end(), isNumberPart);
        bool isNumber = false;
        const double number = QStringView(position, numberEnd).toDouble(&isNumber);
        const QStringView name(numberEnd, unitEnd);
        const Unit *const unit =
            std::find_if(std::begin(units), std::end(units), [name](const Unit &u) { return u.name == name; });
        if (!isNumber || unit == std::end(units)) {
            return std::nullopt;
        }
        total += number * unit->milliseconds;
        position = unitEnd;
    }
    if (total > longestMs) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(std::llround(total > 0 ? std::max(total, 1.0) : 0.0));
}

} // namespace PatchPanel::Registry
